// Command search is the Lambda function behind /.search, the search over users and
// groups at once.
package main

import (
	"scimserver/shared/gateway"
	"scimserver/shared/server"
)

func main() { gateway.MainResources(server.Search) }
