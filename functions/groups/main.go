// Command groups is the Lambda function behind /Groups.
package main

import (
	"scimserver/shared/gateway"
	"scimserver/shared/server"
)

func main() { gateway.MainResources(server.Groups) }
