// Command resourcetypes is the Lambda function behind /ResourceTypes.
package main

import (
	"scimserver/shared/gateway/discovery"
	"scimserver/shared/server"
)

func main() { discovery.Main(server.ResourceTypes) }
