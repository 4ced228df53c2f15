// Command groups is the Lambda function behind /Groups.
package main

import (
	"scimserver/shared/gateway/resources"
	"scimserver/shared/server"
)

func main() { resources.Main(server.Groups) }
