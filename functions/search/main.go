// Command search is the Lambda function behind /.search, which searches users and groups
// together.
package main

import (
	"scimserver/shared/gateway/resources"
	"scimserver/shared/server"
)

func main() { resources.Main(server.Search) }
