// Command users is the Lambda function behind /Users.
package main

import (
	"scimserver/shared/gateway/resources"
	"scimserver/shared/server"
)

func main() { resources.Main(server.Users) }
