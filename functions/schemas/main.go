// Command schemas is the Lambda function behind /Schemas.
package main

import (
	"scimserver/shared/gateway/discovery"
	"scimserver/shared/server"
)

func main() { discovery.Main(server.Schemas) }
