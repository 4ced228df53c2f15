// Command me is the Lambda function behind /Me, the alias of the user whom a
// credential speaks for.
package main

import (
	"scimserver/shared/gateway"
	"scimserver/shared/server"
)

func main() { gateway.MainResources(server.Me) }
