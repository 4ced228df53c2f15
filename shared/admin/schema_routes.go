package admin

import (
	"fmt"
	"net/http"
)

func (h *handler) schemas(s *Service) {
	const all, one = "/v1/tenants/{id}/schemas", "/v1/tenants/{id}/schemas/{urn}"
	h.handle("GET "+all, tenantLabel, withoutBody(func(r *http.Request) (TenantSchemaList, error) {
		return s.Schemas(r.Context(), tenantOf(r))
	}))
	h.handle("GET "+one, schemaLabel, withoutBody(func(r *http.Request) (TenantSchema, error) {
		return s.Schema(r.Context(), tenantOf(r), r.PathValue("urn"))
	}))
	h.handle("PUT "+one, schemaLabel,
		withBody(http.StatusOK, func(r *http.Request, in SchemaDefinition) (TenantSchema, error) {
			return s.DefineSchema(r.Context(), tenantOf(r), r.PathValue("urn"), in)
		}))
	h.handle("DELETE "+one, schemaLabel, withoutBody(func(r *http.Request) (TenantSchema, error) {
		return s.RemoveSchema(r.Context(), tenantOf(r), r.PathValue("urn"))
	}))
}

func schemaLabel(r *http.Request) string {
	return fmt.Sprintf("schema %q of tenant %q", r.PathValue("urn"), r.PathValue("id"))
}
