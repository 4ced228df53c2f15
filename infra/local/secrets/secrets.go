// Package secrets replaces AWS Secrets Manager: it creates the secrets that a template
// declares and returns them to the functions whose policies allow it.
package secrets

import (
	"crypto/rand"
	"encoding/json"
	"io"
	"math/big"
	"net/http"
	"time"

	"github.com/google/uuid"

	"scimserver/infra/local/iam"
	"scimserver/infra/local/template"
)

const (
	action  = "secretsmanager:GetSecretValue"
	current = "AWSCURRENT"
	letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
)

// Store holds the secrets of a template. Each start creates new secrets.
type Store struct {
	// Policies are the functions' policies by logical id, which is the access key id of
	// the function.
	Policies map[string]*iam.Policy

	secrets map[string]secret // by ARN
}

type secret struct {
	text    string
	version string
	created time.Time
}

// New creates the secrets that a template declares.
func New(s *template.Stack, policies map[string]*iam.Policy) (*Store, error) {
	store := &Store{Policies: policies, secrets: map[string]secret{}}
	for _, r := range s.OfType("AWS::SecretsManager::Secret") {
		var p struct {
			GenerateSecretString *struct {
				PasswordLength     int
				ExcludePunctuation bool
			}
		}
		if err := r.Decode(&p); err != nil {
			return nil, err
		}
		if p.GenerateSecretString == nil || !p.GenerateSecretString.ExcludePunctuation {
			return nil, r.Errorf("the local stack knows only secrets that are generated without punctuation")
		}
		text, err := random(p.GenerateSecretString.PasswordLength)
		if err != nil {
			return nil, err
		}
		store.secrets[r.ARN] = secret{text: text, version: uuid.NewString(), created: time.Now()}
	}
	return store, nil
}

func random(length int) (string, error) {
	text := make([]byte, length)
	for i := range text {
		n, err := rand.Int(rand.Reader, big.NewInt(int64(len(letters))))
		if err != nil {
			return "", err
		}
		text[i] = letters[n.Int64()]
	}
	return string(text), nil
}

// ServeHTTP answers GetSecretValue.
func (s *Store) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var asked struct{ SecretId, VersionStage string }
	err := json.NewDecoder(io.LimitReader(r.Body, 1<<16)).Decode(&asked)
	if err != nil || r.Header.Get("X-Amz-Target") != "secretsmanager.GetSecretValue" {
		answer(
			w,
			http.StatusBadRequest,
			map[string]any{"__type": "InvalidRequestException", "Message": "the local stack knows GetSecretValue only"},
		)
		return
	}
	caller := iam.Caller(r)
	if p := s.Policies[caller]; p == nil || !p.Allows(iam.Request{Action: action, Resource: asked.SecretId}) {
		answer(
			w,
			http.StatusBadRequest,
			map[string]any{
				"__type":  "AccessDeniedException",
				"Message": caller + " is not authorized to perform: " + action,
			},
		)
		return
	}
	found, ok := s.secrets[asked.SecretId]
	if !ok || asked.VersionStage != "" && asked.VersionStage != current {
		answer(
			w,
			http.StatusBadRequest,
			map[string]any{
				"__type":  "ResourceNotFoundException",
				"Message": "Secrets Manager can't find the specified secret value",
			},
		)
		return
	}
	answer(w, http.StatusOK, map[string]any{
		"ARN": asked.SecretId, "Name": asked.SecretId, "SecretString": found.text, "VersionId": found.version,
		"VersionStages": []string{current}, "CreatedDate": found.created.Unix(),
	})
}

func answer(w http.ResponseWriter, status int, body map[string]any) {
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}
