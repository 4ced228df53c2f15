"""Prints the CloudFormation template that AWS makes of a SAM template, as JSON.

Usage: python translate.py TEMPLATE

AWS runs the same translator (aws-sam-translator) when a stack is deployed. Local
paths, which `sam deploy` uploads first, are replaced by objects in a bucket.
"""

import json
import sys

import boto3
from samtranslator.yaml_helper import yaml_parse
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator

REGION = "eu-central-1"
UPLOADED = {"CodeUri": "s3://bucket/code.zip", "Location": "https://bucket.s3.amazonaws.com/nested.yaml"}


def main(file):
    with open(file, encoding="utf-8") as f:
        template = yaml_parse(f.read())
    for resource in template["Resources"].values():
        for name, uploaded in UPLOADED.items():
            if name in resource.get("Properties", {}):
                resource["Properties"][name] = uploaded
    translator = Translator({}, Parser(), boto_session=boto3.Session(region_name=REGION))
    parameters = {"AWS::Region": REGION}
    json.dump(translator.translate(template, parameters), sys.stdout)


main(sys.argv[1])
