// Command empty is a Lambda function that does nothing: what the start of the others is
// compared with.
package main

import "github.com/aws/aws-lambda-go/lambda"

func main() { lambda.Start(func() error { return nil }) }
