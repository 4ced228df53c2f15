package main_test

import "strings"

// teamOfTheSameName: the provider pushes a group of a name that a team has, cannot touch the team,
// and the team gets another name.
func teamOfTheSameName(s story) {
	kim := s.succeeds(s.idp.provision(s.person("kim")), 201)
	lee := s.account("lee" + s.suffix)
	s.ctl("team create %s Analysts", s.tenant)
	made := s.json("team list " + s.tenant)["teams"].([]any)[0].(map[string]any)["id"].(string)
	s.ctl("team add %s Analysts lee%s %s", s.tenant, s.suffix, s.person("kim").userName)
	s.ctl("team show %s Analysts", s.tenant)
	id := s.conflict(s.idp.push(group{"g1", "Analysts"}, kim), `displayName "Analysts" is in use by Team `+made)
	for method, body := range map[string]string{"GET": "", "DELETE": "", "PATCH": patchOp +
		`{"op": "replace", "path": "members", "value": []}]}`,
		"PUT": `{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": "Analysts",` +
			` "members": []}`} {
		if a := s.idp.send(method, "/Groups/"+made, body); a.status != 404 {
			s.Errorf("%s of a team: %d %v", method, a.status, a.body)
		}
	}
	s.ctl("conflict show %s %s", s.tenant, id)
	s.ctl("team rename %s Analysts Analysts-Berlin", s.tenant)
	pushed := s.idp.push(group{"g1", "Analysts"}, kim)
	if id := s.succeeds(pushed, 200); id == made || len(pushed.body["members"].([]any)) != 1 {
		s.Errorf("the group is %v, the team %s", pushed.body, made)
	}
	s.closes(id)
	if out := s.run("team show " + s.tenant + " " + made); !strings.Contains(out, lee) || !strings.Contains(out, kim) {
		s.Errorf("the team is %s", out)
	}
}

// teamConnected: the team becomes the group that the provider pushes.
func teamConnected(s story) {
	kim := s.succeeds(s.idp.provision(s.person("kim")), 200)
	made := s.json("team create " + s.tenant + " Support")["id"].(string)
	s.run("team add " + s.tenant + " " + made + " lee" + s.suffix)
	id := s.conflict(s.idp.push(group{"g2", "Support"}, kim))
	s.ctl("conflict connect %s %s", s.tenant, id)
	pushed := s.idp.push(group{"g2", "Support"}, kim)
	if id := s.succeeds(pushed, 200); id != made || len(pushed.body["members"].([]any)) != 1 {
		s.Errorf("the group is %v, the team was %s", pushed.body, made)
	}
	s.closes(id)
	s.refuses("no team in tenant", "team show %s %s", s.tenant, made)
}

// groupRenamed: the conflict closes where the provider says by an externalId that it
// is the same group. Okta sends none.
func groupRenamed(s story) {
	made := s.json("team create " + s.tenant + " Sales")["id"].(string)
	id := s.conflict(s.idp.push(group{"g3", "Sales"}), "Team "+made)
	s.succeeds(s.idp.push(group{"g3", "Sales-EMEA"}), 200)
	if s.json("conflict show " + s.tenant + " " + id)["externalId"] != nil {
		s.closes(id)
		return
	}
	s.ctl("conflict dismiss %s %s", s.tenant, id)
	if out := s.run("conflict list " + s.tenant); strings.Contains(out, id) {
		s.Errorf("the dismissed conflict is listed:\n%s", out)
	}
}
