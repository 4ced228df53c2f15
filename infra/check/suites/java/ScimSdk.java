import de.captaingoldfish.scim.sdk.client.ScimClientConfig;
import de.captaingoldfish.scim.sdk.client.ScimRequestBuilder;
import de.captaingoldfish.scim.sdk.client.response.ServerResponse;
import de.captaingoldfish.scim.sdk.common.constants.enums.HttpMethod;
import de.captaingoldfish.scim.sdk.common.constants.enums.PatchOp;
import de.captaingoldfish.scim.sdk.common.resources.Group;
import de.captaingoldfish.scim.sdk.common.resources.User;
import de.captaingoldfish.scim.sdk.common.resources.base.ScimObjectNode;
import de.captaingoldfish.scim.sdk.common.resources.complex.Name;
import de.captaingoldfish.scim.sdk.common.resources.multicomplex.Member;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Provisions users and a group with the client of Captain-P-Goldfish's SCIM-SDK, also in bulk. Keycloak's best known
 * SCIM server is built on this SDK. SCIM_URL and SCIM_TOKEN name the service.
 */
final class ScimSdk {
  private static final int USERS = 5;
  private static final int PAGE = 2;

  private final ScimRequestBuilder scim;

  private ScimSdk(ScimRequestBuilder scim) {
    this.scim = scim;
  }

  public static void main(String[] args) {
    ScimClientConfig config = ScimClientConfig.builder().useLowerCaseInFilterComparators(true)
        .expectedHttpResponseHeaders(Map.of("Content-Type", "application/scim+json"))
        .httpHeaders(Map.of("Authorization", "Bearer " + System.getenv("SCIM_TOKEN"))).build();
    try (ScimRequestBuilder scim = new ScimRequestBuilder(System.getenv("SCIM_URL"), config)) {
      new ScimSdk(scim).run();
    }
  }

  private void run() {
    var meta = scim.loadMetaConfiguration().sendRequest();
    check(meta.isSuccess(), meta.getResponseBody());
    List<String> users = new ArrayList<>();
    for (int number = 0; number < USERS; number++) {
      users.add(createUser("scim-sdk-" + number));
    }
    refused(409, scim.create(User.class, "/Users").setResource(user("SCIM-SDK-0")).sendRequest());
    queryByIndex(users);
    changeUser(users.get(0));
    changeGroup(users);
    createInBulk();
    for (String id : users) {
      deleted(scim.delete(User.class, "/Users", id).sendRequest());
    }
    refused(404, scim.get(User.class, "/Users", users.get(0)).sendRequest());
  }

  private static User user(String name) {
    return User.builder().userName(name + "@example.com").active(true)
        .name(Name.builder().givenName("Ann").familyName(name).build()).build();
  }

  private String createUser(String name) {
    User created = answered(201, scim.create(User.class, "/Users").setResource(user(name)).sendRequest());
    String id = created.getId().orElseThrow();
    User fetched = answered(200, scim.get(User.class, "/Users", id).sendRequest());
    same(created, fetched);
    return id;
  }

  private void queryByIndex(List<String> users) {
    List<String> found = new ArrayList<>();
    for (int start = 1; start <= USERS; start += PAGE) {
      var page = scim.list(User.class, "/Users").filter("userName sw \"scim-sdk-\"").sortBy("userName")
          .startIndex(start).count(PAGE).get().sendRequest();
      check(page.isSuccess(), page.getResponseBody());
      same((long) USERS, page.getResource().getTotalResults());
      page.getResource().getListedResources().forEach(user -> found.add(user.getId().orElseThrow()));
    }
    same(users, found);
  }

  private void changeUser(String id) {
    User patched = answered(200, scim.patch(User.class, "/Users", id).addOperation().op(PatchOp.REPLACE)
        .path("displayName").value("Patched").next().op(PatchOp.REMOVE).path("name.givenName").build().sendRequest());
    same("Patched", patched.getDisplayName().orElse(""));
    check(patched.getName().orElseThrow().getGivenName().isEmpty(), "name.givenName is still there");
    patched.setActive(false);
    User replaced = answered(200, scim.update(User.class, "/Users", id).setResource(patched).sendRequest());
    check(!replaced.isActive().orElse(true), "the user is still active");
  }

  private void changeGroup(List<String> users) {
    Group wanted = Group.builder().displayName("scim-sdk")
        .members(List.of(Member.builder().value(users.get(0)).build())).build();
    Group group = answered(201, scim.create(Group.class, "/Groups").setResource(wanted).sendRequest());
    String id = group.getId().orElseThrow();
    var patched = scim.patch(Group.class, "/Groups", id).addOperation().op(PatchOp.ADD).path("members")
        .valueNode(Member.builder().value(users.get(1)).build()).next().op(PatchOp.REMOVE)
        .path("members[value eq \"" + users.get(0) + "\"]").build().sendRequest();
    check(patched.getHttpStatus() < 300, patched.getResponseBody());
    Group changed = answered(200, scim.get(Group.class, "/Groups", id).sendRequest());
    same(List.of(users.get(1)), changed.getMembers().stream().map(member -> member.getValue().orElse("")).toList());
    deleted(scim.delete(Group.class, "/Groups", id).sendRequest());
  }

  /** The group comes before the user that it refers to. */
  private void createInBulk() {
    Group group = Group.builder().displayName("scim-sdk-bulk")
        .members(List.of(Member.builder().value("bulkId:u").build())).build();
    var created = scim.bulk().bulkRequestOperation("/Groups").method(HttpMethod.POST).bulkId("g").data(group)
        .next().bulkRequestOperation("/Users").method(HttpMethod.POST).bulkId("u").data(user("scim-sdk-bulk"))
        .sendRequest();
    check(created.isSuccess(), created.getResponseBody());
    for (var operation : created.getResource().getBulkResponseOperations()) {
      same(201, operation.getStatus());
      deleted(scim.delete(operation.getLocation().orElseThrow(), User.class).sendRequest());
    }
  }

  private static <T extends ScimObjectNode> T answered(int status, ServerResponse<T> answer) {
    same(status, answer.getHttpStatus());
    check(answer.isValidScimResponse(), answer.getResponseBody());
    return answer.getResource();
  }

  private static void refused(int status, ServerResponse<?> answer) {
    same(status, answer.getHttpStatus());
    same(status, answer.getErrorResponse().getStatus());
  }

  private static void deleted(ServerResponse<?> answer) {
    same(204, answer.getHttpStatus());
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
