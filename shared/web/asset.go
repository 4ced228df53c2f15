package web

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"mime"
	"net/http"
	"path"
)

//go:embed assets
var assets embed.FS

// AssetPrefix is the path below Page.Base at which Assets is served.
const AssetPrefix = "/assets/"

// assetVersion is part of the path of assets: a browser may keep a file forever, and gets a new
// one from a new version of the program.
var assetVersion = hashAssets()

// hashAssets returns a short hash of all assets.
func hashAssets() string {
	entries, err := assets.ReadDir("assets")
	sum := sha256.New()
	for _, entry := range entries {
		data, readErr := assets.ReadFile("assets/" + entry.Name())
		if readErr != nil {
			err = readErr
		}
		sum.Write(data)
	}
	if err != nil {
		return "unknown" // the files are part of the program, so they can be read
	}
	return hex.EncodeToString(sum.Sum(nil))[:12]
}

func assetPath(name string) string { return AssetPrefix + assetVersion + "/" + name }

// Assets serves the stylesheet, the script and the icon. The paths are those of Page.Asset
// without the base.
func Assets() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := path.Base(r.URL.Path)
		data, err := assets.ReadFile("assets/" + name)
		if err != nil || r.URL.Path != assetPath(name) {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", mime.TypeByExtension(path.Ext(name)))
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		_, _ = w.Write(data) // an error means that the client has disconnected
	})
}
