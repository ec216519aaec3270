// plugins/rest/mapped/config_schema.hpp - the shape of a mapping, as `bluebridge connector show` tells it. What a
// shape cannot say (placeholders, JSONPaths, what belongs together) is judged by mapping.cpp.
#pragma once

namespace bb::rest {

inline constexpr const char* mapping_schema = R"JSON({
  "type": "object", "additionalProperties": false, "required": ["base_url", "sign_in"],
  "properties": {
    "base_url": {"type": "string", "format": "url", "pattern": "^https?://[^/?#]", "title": "Address that all paths are below",
      "description": "For example https://portal.example/api/v2"},
    "page_size": {"type": "integer", "minimum": 1, "maximum": 10000, "title": "Entries asked for at once, where {limit} is mapped"},
    "time_format": {"enum": ["rfc3339", "date", "unix_seconds", "unix_milliseconds"], "default": "rfc3339",
      "title": "How the system writes times, in both directions"},
    "sign_in": {"type": "object", "additionalProperties": false, "title": "Who signs in, and what is sent from then on",
      "properties": {
        "by": {"enum": ["request", "basic", "api_key"], "default": "request", "title": "How",
          "description": "request: by the request below; basic: account and password with each request; api_key: the person's password is the key"},
        "request": {"$ref": "#/$defs/request"},
        "token": {"$ref": "#/$defs/path", "title": "Where the token is in the answer"},
        "cookie": {"type": "string", "pattern": "^[A-Za-z0-9_.-]{1,100}$", "title": "Name of the cookie that is the session, instead of a token"},
        "send": {"type": "object", "additionalProperties": false, "title": "How the token or key is sent",
          "properties": {
            "header": {"enum": ["authorization", "x-api-key", "x-auth-token"], "title": "Header field; authorization unless told"},
            "template": {"type": "string", "minLength": 1, "title": "Its value, with {token}",
              "description": "Unless told, Bearer {token} in authorization and {token} elsewhere"}}},
        "patient": {"$ref": "#/$defs/field", "title": "Whose record the session opens", "description": "A JSONPath, or a text with {account}"},
        "subject": {"$ref": "#/$defs/field", "title": "Who is signed in"},
        "acting_for": {"$ref": "#/$defs/path", "title": "Whom they act for"},
        "scopes": {"$ref": "#/$defs/field", "title": "What they may, separated by blanks"},
        "expires_in": {"$ref": "#/$defs/path", "title": "Seconds until the session ends"},
        "expires_at": {"$ref": "#/$defs/path", "title": "When the session ends"}}},
    "describe": {"$ref": "#/$defs/request", "title": "Asks who is signed in; its answer has the places of sign_in"},
    "sign_out": {"$ref": "#/$defs/request", "title": "Ends the session"},
    "view": {"type": "object", "additionalProperties": false, "title": "What a person sees",
      "properties": {
        "list": {"type": "object", "additionalProperties": false, "required": ["request", "entries", "id", "kind"], "title": "The items",
          "properties": {
            "request": {"$ref": "#/$defs/request"}, "entries": {"$ref": "#/$defs/path", "title": "The array of entries, or the entries"},
            "id": {"$ref": "#/$defs/path", "title": "In an entry, as what follows"}, "kind": {"$ref": "#/$defs/field"},
            "title": {"$ref": "#/$defs/field"}, "media_type": {"$ref": "#/$defs/field"}, "version": {"$ref": "#/$defs/field"},
            "updated": {"$ref": "#/$defs/path"}, "kinds": {"$ref": "#/$defs/words", "title": "The system's words for kinds, and ours"},
            "next_cursor": {"$ref": "#/$defs/path", "title": "What {cursor} is for the next page"},
            "next_url": {"$ref": "#/$defs/path", "title": "Address of the next page"},
            "next_link": {"const": true, "title": "The header field Link leads to the next page (RFC 8288)"}}},
        "read": {"type": "object", "additionalProperties": false, "required": ["request"], "title": "One item, by {id}",
          "properties": {"request": {"$ref": "#/$defs/request"}, "media_type": {"$ref": "#/$defs/media_type"}}}}},
    "download": {"type": "object", "title": "The record as a file, by the format's id",
      "additionalProperties": {"type": "object", "additionalProperties": false, "required": ["request", "media_type"],
        "properties": {
          "title": {"type": "string", "minLength": 1, "title": "For people"}, "media_type": {"$ref": "#/$defs/media_type"},
          "request": {"$ref": "#/$defs/request"},
          "wait": {"type": "object", "additionalProperties": false, "title": "The system answers 202 and makes the file",
            "properties": {
              "job": {"$ref": "#/$defs/path", "title": "What {job} is; without it the header field Location says where to ask"},
              "poll": {"$ref": "#/$defs/request", "title": "Asks how far it is"},
              "state": {"$ref": "#/$defs/path", "title": "Where the answer says how far; without it 202 is not yet, 200 the file"},
              "running": {"$ref": "#/$defs/list"}, "done": {"$ref": "#/$defs/list"}, "failed": {"$ref": "#/$defs/list"},
              "result": {"$ref": "#/$defs/request", "title": "Reads the file"},
              "result_url": {"$ref": "#/$defs/path", "title": "Address of the file"}}}}}},
    "share": {"type": "object", "additionalProperties": false, "required": ["request", "id"], "title": "The system sends the record",
      "properties": {
        "request": {"$ref": "#/$defs/request"}, "schemes": {"$ref": "#/$defs/list", "title": "Of destinations; https unless told"},
        "formats": {"$ref": "#/$defs/words", "title": "Our ids of formats, and the system's words"},
        "id": {"$ref": "#/$defs/path", "title": "The share's id in the answer"},
        "receipts": {"$ref": "#/$defs/path", "title": "The array of receipts; without it each destination has one"},
        "recipient": {"$ref": "#/$defs/path", "title": "In a receipt, as what follows"}, "delivery": {"$ref": "#/$defs/field"},
        "detail": {"$ref": "#/$defs/field"}, "at": {"$ref": "#/$defs/path"},
        "deliveries": {"$ref": "#/$defs/words", "title": "The system's words, and accepted, processed, dispatched or failed"},
        "track": {"$ref": "#/$defs/request", "title": "Asks again, by {id}; its answer has the same places"}}},
    "activity": {"type": "object", "additionalProperties": false, "required": ["request", "entries", "id", "action", "at", "actor"],
      "title": "Who did what to the record",
      "properties": {
        "request": {"$ref": "#/$defs/request"}, "entries": {"$ref": "#/$defs/path"}, "id": {"$ref": "#/$defs/path"},
        "action": {"$ref": "#/$defs/field"}, "at": {"$ref": "#/$defs/path"}, "actor": {"$ref": "#/$defs/field", "title": "Their name"},
        "actor_id": {"$ref": "#/$defs/path"}, "actor_role": {"$ref": "#/$defs/field"}, "items": {"$ref": "#/$defs/path"},
        "what": {"$ref": "#/$defs/field"}, "to": {"$ref": "#/$defs/path"}, "detail": {"$ref": "#/$defs/field"},
        "actions": {"$ref": "#/$defs/words"}, "roles": {"$ref": "#/$defs/words"},
        "next_cursor": {"$ref": "#/$defs/path"}, "next_url": {"$ref": "#/$defs/path"}, "next_link": {"const": true}}}},
  "$defs": {
    "path": {"type": "string", "pattern": "^\\$", "maxLength": 1000, "title": "JSONPath (RFC 9535)"},
    "field": {"type": "string", "minLength": 1, "maxLength": 1000, "title": "JSONPath, or a fixed text"},
    "media_type": {"type": "string", "pattern": "^[a-z0-9][a-z0-9!#$&^_.+-]*/[a-z0-9][a-z0-9!#$&^_.+-]*$", "title": "Media type"},
    "words": {"type": "object", "additionalProperties": {"type": "string", "minLength": 1, "maxLength": 200}},
    "list": {"type": "array", "minItems": 1, "maxItems": 50, "items": {"type": "string", "minLength": 1, "maxLength": 200}},
    "texts": {"type": "object", "additionalProperties": {"type": "string", "maxLength": 2000}},
    "request": {"type": "object", "additionalProperties": false, "required": ["path"], "title": "A request; its texts may have {placeholders}",
      "properties": {
        "method": {"enum": ["GET", "POST", "PUT", "PATCH", "DELETE"], "title": "Method; GET unless told, POST with a body"},
        "path": {"type": "string", "pattern": "^/", "maxLength": 2000, "title": "Path below base_url"},
        "query": {"$ref": "#/$defs/texts", "title": "Query; what is empty is left out"},
        "headers": {"$ref": "#/$defs/texts", "title": "Header fields"},
        "accept": {"type": "string", "minLength": 1, "maxLength": 200, "title": "Media types wanted"},
        "json": {"type": "object", "title": "Body"},
        "form": {"$ref": "#/$defs/texts", "title": "Body, as a form"}}}}})JSON";

}  // namespace bb::rest
