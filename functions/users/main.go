// Command users is the Lambda function behind /Users.
package main

import (
	"scimserver/shared/gateway"
	"scimserver/shared/server"
)

func main() { gateway.MainResources(server.Users) }
