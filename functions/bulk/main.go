// Command bulk is the Lambda function behind /Bulk: many operations on users and groups in
// one request.
package main

import (
	"scimserver/shared/gateway/resources"
	"scimserver/shared/server"
)

func main() { resources.Main(server.Bulk) }
