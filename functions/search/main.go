// Command search is the Lambda function behind /.search, the search over users and
// groups at once.
package main

import (
	"scimserver/shared/gateway/resources"
	"scimserver/shared/server"
)

func main() { resources.Main(server.Search) }
