// A Lambda function that keeps the users of an application in a DynamoDB table, from the events on the bus.
import { ConditionalCheckFailedException, DynamoDBClient, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import type { EventBridgeEvent } from "aws-lambda";

interface UserEvent {
  type: string;
  tenant: string;
  sequence: number;
  resource: { id: string; userName: string; active?: boolean };
}

const db = new DynamoDBClient({});

// The bus delivers events in any order, and some of them twice, so an event counts only if its sequence is newer
// than what is stored. For that reason a deleted user stays in the table, without access.
export async function handler(message: EventBridgeEvent<string, UserEvent>): Promise<void> {
  const { type, tenant, sequence, resource } = message.detail;
  const deleted = type === "user.deleted";
  try {
    await db.send(new UpdateItemCommand({
      TableName: process.env["USERS_TABLE"],
      Key: { id: { S: resource.id } },
      UpdateExpression: "SET tenant = :tenant, userName = :userName, " +
        "active = :active, deleted = :deleted, eventSequence = :sequence",
      ConditionExpression: "attribute_not_exists(id) OR eventSequence < :sequence",
      ExpressionAttributeValues: {
        ":tenant": { S: tenant },
        ":userName": { S: resource.userName },
        ":active": { BOOL: resource.active === true && !deleted },
        ":deleted": { BOOL: deleted },
        ":sequence": { N: String(sequence) },
      },
    }));
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) {
      throw error; // Lambda tries again, and then the event goes to the dead-letter queue
    }
  }
}
