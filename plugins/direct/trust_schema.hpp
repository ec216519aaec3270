// plugins/direct/trust_schema.hpp - the parts of configuration schemas that say what is
// trusted: what ConfiguredTrust and read_material() take.
#pragma once

namespace bb::direct_connector {

// A member of "$defs", which the ones below refer to.
inline constexpr char material_schema[] = R"(
      "material": {"type": "object", "additionalProperties": false,
        "properties": {
          "pem": {"type": "string", "minLength": 1, "title": "The text itself, PEM"},
          "secret": {"type": "string", "minLength": 1, "title": "Name of the secret that holds it"}}})";

inline constexpr char trust_schema[] = R"(
      "anchors": {"$ref": "#/$defs/material"},
      "bundles": {"type": "array", "maxItems": 20,
        "title": "Trust bundles whose anchors are trusted too; read anew once a day or sooner",
        "items": {"type": "object", "additionalProperties": false,
          "properties": {
            "url": {"type": "string", "format": "url", "title": "Where it is fetched from"},
            "pem": {"type": "string", "minLength": 1, "title": "The bundle itself, PEM"},
            "secret": {"type": "string", "minLength": 1, "title": "Name of the secret that holds it, PEM or DER"},
            "signers": {"$ref": "#/$defs/material", "title": "Whose signature it has to have; PEM"},
            "refresh_seconds": {"type": "integer", "minimum": 1, "maximum": 86400, "default": 86400}}}},
      "certificates": {"$ref": "#/$defs/material"},
      "revocation_lists": {"$ref": "#/$defs/material"},
      "revocation": {"enum": ["ignored", "where-possible", "required"], "default": "where-possible"},
      "resolver": {"type": "object", "additionalProperties": false, "required": ["host"],
        "title": "Name server that is asked for certificates of others; without it none are looked for",
        "properties": {
          "host": {"type": "string", "minLength": 1},
          "port": {"type": "integer", "minimum": 1, "maximum": 65535, "default": 53},
          "further": {"type": "array", "maxItems": 5, "title": "Asked in turn where the one before says nothing",
            "items": {"type": "object", "additionalProperties": false, "required": ["host"],
              "properties": {
                "host": {"type": "string", "minLength": 1},
                "port": {"type": "integer", "minimum": 1, "maximum": 65535, "default": 53}}}},
          "wait_ms": {"type": "integer", "minimum": 1, "maximum": 600000, "default": 2000,
            "title": "For each answer of the name server"},
          "directory_wait_ms": {"type": "integer", "minimum": 1, "maximum": 600000, "default": 10000,
            "title": "For each answer of a directory"}}})";

}  // namespace bb::direct_connector
