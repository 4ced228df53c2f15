import com.unboundid.scim2.client.ScimService;
import com.unboundid.scim2.common.exceptions.ResourceConflictException;
import com.unboundid.scim2.common.exceptions.ResourceNotFoundException;
import com.unboundid.scim2.common.messages.SortOrder;
import com.unboundid.scim2.common.types.Email;
import com.unboundid.scim2.common.types.GroupResource;
import com.unboundid.scim2.common.types.Member;
import com.unboundid.scim2.common.types.UserResource;
import jakarta.ws.rs.client.Client;
import jakarta.ws.rs.client.ClientBuilder;
import jakarta.ws.rs.client.ClientRequestFilter;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.glassfish.jersey.apache5.connector.Apache5ConnectorProvider;
import org.glassfish.jersey.client.ClientConfig;

/**
 * Provisions users and a group with UnboundID's SCIM 2 SDK, which refuses an answer that it cannot bind to the types
 * of the RFCs. The SDK has no bulk requests. SCIM_URL and SCIM_TOKEN name the service.
 */
final class UnboundId {
  private static final int USERS = 5;
  private static final int PAGE = 2;

  private final ScimService scim;

  private UnboundId(ScimService scim) {
    this.scim = scim;
  }

  public static void main(String[] args) throws Exception {
    ClientConfig config = new ClientConfig().connectorProvider(new Apache5ConnectorProvider());
    Client client = ClientBuilder.newClient(config);
    String authorization = "Bearer " + System.getenv("SCIM_TOKEN");
    client.register((ClientRequestFilter) request -> request.getHeaders().add("Authorization", authorization));
    new UnboundId(new ScimService(client.target(System.getenv("SCIM_URL")))).run();
    client.close();
  }

  private void run() throws Exception {
    discover();
    List<UserResource> users = new ArrayList<>();
    for (int number = 0; number < USERS; number++) {
      users.add(createUser(number));
    }
    refuseSecond(users.get(0).getUserName());
    queryByIndex(users);
    queryByCursor(users);
    changeUser(users.get(0));
    changeGroup(users);
    for (UserResource user : users) {
      scim.delete("Users", user.getId());
    }
    refuseDeleted(users.get(0).getId());
  }

  private void discover() throws Exception {
    check(scim.getServiceProviderConfig().getPatch().isSupported(), "PATCH is not supported");
    check(scim.getResourceTypes().getTotalResults() == 2, "the resource types are not two");
    check(scim.getSchemas().getResources().size() >= 3, "schemas are missing");
  }

  private UserResource createUser(int number) throws Exception {
    String name = "unboundid-" + number + "@example.com";
    UserResource user = new UserResource().setUserName(name).setDisplayName("UnboundID " + number)
        .setEmails(new Email().setValue(name).setPrimary(true));
    UserResource created = scim.create("Users", user);
    same(name, created.getUserName());
    same(scim.retrieve("Users", created.getId(), UserResource.class), created);
    return created;
  }

  private void refuseSecond(String userName) throws Exception {
    try {
      scim.create("Users", new UserResource().setUserName(userName));
    } catch (ResourceConflictException e) {
      same("uniqueness", e.getScimError().getScimType());
      return;
    }
    throw new AssertionError("a second user with the same userName was created");
  }

  private void queryByIndex(List<UserResource> users) throws Exception {
    List<String> found = new ArrayList<>();
    for (int start = 1; start <= USERS; start += PAGE) {
      var page = ofThisRun().page(start, PAGE).invoke(UserResource.class);
      same(USERS, page.getTotalResults());
      page.forEach(user -> found.add(user.getId()));
    }
    same(users.stream().map(UserResource::getId).toList(), found);
  }

  private void queryByCursor(List<UserResource> users) throws Exception {
    List<String> found = new ArrayList<>();
    var page = ofThisRun().firstPageCursorWithCount(PAGE).invoke(UserResource.class);
    page.forEach(user -> found.add(user.getId()));
    while (page.getNextCursor() != null) {
      page = ofThisRun().pageWithCursor(page.getNextCursor(), PAGE).invoke(UserResource.class);
      page.forEach(user -> found.add(user.getId()));
    }
    same(users.stream().map(UserResource::getId).toList(), found);
  }

  private com.unboundid.scim2.client.requests.SearchRequestBuilder ofThisRun() {
    return scim.searchRequest("Users").filter("userName sw \"unboundid-\"").sort("userName", SortOrder.ASCENDING);
  }

  private void changeUser(UserResource user) throws Exception {
    UserResource patched = scim.modifyRequest("Users", user.getId()).replaceValue("displayName", "Patched")
        .invoke(UserResource.class);
    same("Patched", patched.getDisplayName());
    UserResource replaced = scim.replace(patched.setDisplayName("Replaced").setActive(false));
    same("Replaced", replaced.getDisplayName());
    same(scim.retrieve("Users", user.getId(), UserResource.class), replaced);
  }

  private void changeGroup(List<UserResource> users) throws Exception {
    GroupResource group = scim.create("Groups", new GroupResource().setDisplayName("unboundid")
        .setMembers(new Member().setValue(users.get(0).getId())));
    scim.modifyRequest("Groups", group.getId()).addValues("members", new Member().setValue(users.get(1).getId()))
        .removeValues("members[value eq \"" + users.get(0).getId() + "\"]").invoke(Void.class);
    List<Member> members = scim.retrieve("Groups", group.getId(), GroupResource.class).getMembers();
    same(List.of(users.get(1).getId()), members.stream().map(Member::getValue).toList());
    scim.delete("Groups", group.getId());
  }

  private void refuseDeleted(String id) throws Exception {
    try {
      scim.retrieve("Users", id, UserResource.class);
    } catch (ResourceNotFoundException e) {
      same(404, e.getScimError().getStatus());
      return;
    }
    throw new AssertionError("a deleted user was found");
  }

  private static void same(Object want, Object got) {
    check(Objects.equals(want, got), "want " + want + ", got " + got);
  }

  private static void check(boolean ok, String what) {
    if (!ok) {
      throw new AssertionError(what);
    }
  }
}
