// Command me is the Lambda function behind /Me, the alias of the user that a credential acts
// for.
package main

import (
	"scimserver/shared/gateway/resources"
	"scimserver/shared/server"
)

func main() { resources.Main(server.Me) }
