#include "layout.hpp"

#include <bb/abi/ext/content.h>
#include <bb/abi/ext/download.h>
#include <bb/abi/ext/session.h>
#include <bb/abi/ext/view.h>
#include <bb/abi/host_services.h>

#include <map>
#include <sstream>

#define FIELD(type, field) \
  LayoutField { #field, offsetof(type, field), sizeof(type::field) }

namespace bb::test {

std::vector<LayoutStruct> layout_structs() {
  return {
      {"bb_str", sizeof(bb_str), {FIELD(bb_str, data), FIELD(bb_str, size)}},
      {"bb_bytes", sizeof(bb_bytes), {FIELD(bb_bytes, data), FIELD(bb_bytes, size)}},
      {"bb_pair", sizeof(bb_pair), {FIELD(bb_pair, key), FIELD(bb_pair, value)}},
      {"bb_error",
       sizeof(bb_error),
       {FIELD(bb_error, struct_size), FIELD(bb_error, status), FIELD(bb_error, domain), FIELD(bb_error, domain_code),
        FIELD(bb_error, message), FIELD(bb_error, remote_detail), FIELD(bb_error, retry_after_ms)}},
      {"bb_call",
       sizeof(bb_call),
       {FIELD(bb_call, struct_size), FIELD(bb_call, reserved), FIELD(bb_call, host_data), FIELD(bb_call, call_id),
        FIELD(bb_call, deadline_ns), FIELD(bb_call, is_cancelled), FIELD(bb_call, set_error),
        FIELD(bb_call, progress)}},
      {"bb_sink",
       sizeof(bb_sink),
       {FIELD(bb_sink, struct_size), FIELD(bb_sink, reserved), FIELD(bb_sink, host_data), FIELD(bb_sink, write)}},
      {"bb_source",
       sizeof(bb_source),
       {FIELD(bb_source, struct_size), FIELD(bb_source, reserved), FIELD(bb_source, host_data),
        FIELD(bb_source, size_hint), FIELD(bb_source, read)}},
      {"bb_host",
       sizeof(bb_host),
       {FIELD(bb_host, struct_size), FIELD(bb_host, abi_minor), FIELD(bb_host, host_data), FIELD(bb_host, name),
        FIELD(bb_host, version), FIELD(bb_host, get_interface)}},
      {"bb_connector_type",
       sizeof(bb_connector_type),
       {FIELD(bb_connector_type, struct_size), FIELD(bb_connector_type, flags), FIELD(bb_connector_type, id),
        FIELD(bb_connector_type, name), FIELD(bb_connector_type, vendor), FIELD(bb_connector_type, version),
        FIELD(bb_connector_type, url), FIELD(bb_connector_type, interfaces), FIELD(bb_connector_type, config_schema)}},
      {"bb_create_args",
       sizeof(bb_create_args),
       {FIELD(bb_create_args, struct_size), FIELD(bb_create_args, reserved), FIELD(bb_create_args, type_id),
        FIELD(bb_create_args, instance_name), FIELD(bb_create_args, config), FIELD(bb_create_args, config_count)}},
      {"bb_plugin",
       sizeof(bb_plugin),
       {FIELD(bb_plugin, struct_size), FIELD(bb_plugin, abi_minor), FIELD(bb_plugin, min_host_minor),
        FIELD(bb_plugin, reserved), FIELD(bb_plugin, id), FIELD(bb_plugin, version), FIELD(bb_plugin, init),
        FIELD(bb_plugin, deinit), FIELD(bb_plugin, type_at), FIELD(bb_plugin, create), FIELD(bb_plugin, destroy),
        FIELD(bb_plugin, get_interface)}},
      {"bb_host_log",
       sizeof(bb_host_log),
       {FIELD(bb_host_log, struct_size), FIELD(bb_host_log, min_level), FIELD(bb_host_log, write)}},
      {"bb_host_clock",
       sizeof(bb_host_clock),
       {FIELD(bb_host_clock, struct_size), FIELD(bb_host_clock, reserved), FIELD(bb_host_clock, now_unix_ns),
        FIELD(bb_host_clock, monotonic_ns), FIELD(bb_host_clock, sleep_ns)}},
      {"bb_host_cancel",
       sizeof(bb_host_cancel),
       {FIELD(bb_host_cancel, struct_size), FIELD(bb_host_cancel, reserved), FIELD(bb_host_cancel, wait_handle)}},
      {"bb_host_random",
       sizeof(bb_host_random),
       {FIELD(bb_host_random, struct_size), FIELD(bb_host_random, reserved), FIELD(bb_host_random, fill)}},
      {"bb_host_secret",
       sizeof(bb_host_secret),
       {FIELD(bb_host_secret, struct_size), FIELD(bb_host_secret, reserved), FIELD(bb_host_secret, read),
        FIELD(bb_host_secret, store), FIELD(bb_host_secret, sign), FIELD(bb_host_secret, sign_message),
        FIELD(bb_host_secret, mac), FIELD(bb_host_secret, decrypt)}},
      {"bb_http_request",
       sizeof(bb_http_request),
       {FIELD(bb_http_request, struct_size), FIELD(bb_http_request, flags), FIELD(bb_http_request, method),
        FIELD(bb_http_request, url), FIELD(bb_http_request, headers), FIELD(bb_http_request, header_count),
        FIELD(bb_http_request, body), FIELD(bb_http_request, client_certificate)}},
      {"bb_http_response_sink",
       sizeof(bb_http_response_sink),
       {FIELD(bb_http_response_sink, struct_size), FIELD(bb_http_response_sink, reserved),
        FIELD(bb_http_response_sink, plugin_data), FIELD(bb_http_response_sink, head),
        FIELD(bb_http_response_sink, body)}},
      {"bb_host_http",
       sizeof(bb_host_http),
       {FIELD(bb_host_http, struct_size), FIELD(bb_host_http, reserved), FIELD(bb_host_http, perform)}},
      {"bb_evidence",
       sizeof(bb_evidence),
       {FIELD(bb_evidence, struct_size), FIELD(bb_evidence, flags), FIELD(bb_evidence, protocol),
        FIELD(bb_evidence, step), FIELD(bb_evidence, peer), FIELD(bb_evidence, sent), FIELD(bb_evidence, received),
        FIELD(bb_evidence, attributes), FIELD(bb_evidence, attribute_count)}},
      {"bb_host_evidence",
       sizeof(bb_host_evidence),
       {FIELD(bb_host_evidence, struct_size), FIELD(bb_host_evidence, reserved), FIELD(bb_host_evidence, record)}},
      {"bb_item",
       sizeof(bb_item),
       {FIELD(bb_item, struct_size), FIELD(bb_item, flags), FIELD(bb_item, id), FIELD(bb_item, kind),
        FIELD(bb_item, media_type), FIELD(bb_item, title), FIELD(bb_item, subject), FIELD(bb_item, version),
        FIELD(bb_item, parent), FIELD(bb_item, updated_unix_ns), FIELD(bb_item, size)}},
      {"bb_item_sink",
       sizeof(bb_item_sink),
       {FIELD(bb_item_sink, struct_size), FIELD(bb_item_sink, reserved), FIELD(bb_item_sink, host_data),
        FIELD(bb_item_sink, item), FIELD(bb_item_sink, cursor)}},
      {"bb_content_sink",
       sizeof(bb_content_sink),
       {FIELD(bb_content_sink, struct_size), FIELD(bb_content_sink, reserved), FIELD(bb_content_sink, host_data),
        FIELD(bb_content_sink, head), FIELD(bb_content_sink, write)}},
      {"bb_query",
       sizeof(bb_query),
       {FIELD(bb_query, struct_size), FIELD(bb_query, limit), FIELD(bb_query, subject), FIELD(bb_query, kind),
        FIELD(bb_query, from_unix_ns), FIELD(bb_query, until_unix_ns), FIELD(bb_query, cursor), FIELD(bb_query, terms),
        FIELD(bb_query, term_count)}},
      {"bb_auth_request",
       sizeof(bb_auth_request),
       {FIELD(bb_auth_request, struct_size), FIELD(bb_auth_request, method), FIELD(bb_auth_request, account),
        FIELD(bb_auth_request, secret_password), FIELD(bb_auth_request, secret_client),
        FIELD(bb_auth_request, secret_refresh_token), FIELD(bb_auth_request, secret_private_key),
        FIELD(bb_auth_request, redirect_uri), FIELD(bb_auth_request, scopes), FIELD(bb_auth_request, patient),
        FIELD(bb_auth_request, acting_for), FIELD(bb_auth_request, state), FIELD(bb_auth_request, extra),
        FIELD(bb_auth_request, extra_count)}},
      {"bb_challenge",
       sizeof(bb_challenge),
       {FIELD(bb_challenge, struct_size), FIELD(bb_challenge, method), FIELD(bb_challenge, url),
        FIELD(bb_challenge, resume_state), FIELD(bb_challenge, expires_unix_ns)}},
      {"bb_session_info",
       sizeof(bb_session_info),
       {FIELD(bb_session_info, struct_size), FIELD(bb_session_info, method), FIELD(bb_session_info, subject),
        FIELD(bb_session_info, patient), FIELD(bb_session_info, acting_for), FIELD(bb_session_info, scopes),
        FIELD(bb_session_info, expires_unix_ns)}},
      {"bb_session_sink",
       sizeof(bb_session_sink),
       {FIELD(bb_session_sink, struct_size), FIELD(bb_session_sink, reserved), FIELD(bb_session_sink, host_data),
        FIELD(bb_session_sink, challenge), FIELD(bb_session_sink, info)}},
      {"bb_session",
       sizeof(bb_session),
       {FIELD(bb_session, struct_size), FIELD(bb_session, methods), FIELD(bb_session, open), FIELD(bb_session, resume),
        FIELD(bb_session, describe), FIELD(bb_session, close)}},
      {"bb_view",
       sizeof(bb_view),
       {FIELD(bb_view, struct_size), FIELD(bb_view, reserved), FIELD(bb_view, list), FIELD(bb_view, read)}},
      {"bb_format",
       sizeof(bb_format),
       {FIELD(bb_format, struct_size), FIELD(bb_format, flags), FIELD(bb_format, id), FIELD(bb_format, media_type),
        FIELD(bb_format, title)}},
      {"bb_format_sink",
       sizeof(bb_format_sink),
       {FIELD(bb_format_sink, struct_size), FIELD(bb_format_sink, reserved), FIELD(bb_format_sink, host_data),
        FIELD(bb_format_sink, format)}},
      {"bb_download_request",
       sizeof(bb_download_request),
       {FIELD(bb_download_request, struct_size), FIELD(bb_download_request, reserved),
        FIELD(bb_download_request, format_id), FIELD(bb_download_request, selection),
        FIELD(bb_download_request, item_ids), FIELD(bb_download_request, item_count)}},
      {"bb_download",
       sizeof(bb_download),
       {FIELD(bb_download, struct_size), FIELD(bb_download, reserved), FIELD(bb_download, formats),
        FIELD(bb_download, fetch)}},
  };
}

std::string layout_text(const std::vector<LayoutStruct>& structs) {
  std::string out;
  for (const auto& type : structs) {
    out += type.name + " " + std::to_string(type.size) + "\n";
    for (const auto& field : type.fields)
      out +=
          type.name + " " + field.name + " " + std::to_string(field.offset) + " " + std::to_string(field.size) + "\n";
  }
  return out;
}

namespace {

struct WrittenStruct {
  std::size_t size = 0;
  std::vector<std::string> fields;  // "field offset size"
};

std::map<std::string, WrittenStruct> read_layout(const std::string& text) {
  std::map<std::string, WrittenStruct> structs;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const auto space = line.find(' ');
    if (space == std::string::npos) continue;
    WrittenStruct& type = structs[line.substr(0, space)];
    const std::string rest = line.substr(space + 1);
    if (rest.find(' ') == std::string::npos)
      type.size = std::stoul(rest);
    else
      type.fields.push_back(rest);
  }
  return structs;
}

}  // namespace

std::vector<std::string> layout_breaks(const std::string& older, const std::string& newer) {
  std::vector<std::string> breaks;
  const auto now = read_layout(newer);
  for (const auto& [name, before] : read_layout(older)) {
    const auto found = now.find(name);
    if (found == now.end()) {
      breaks.push_back(name + " is gone");
      continue;
    }
    const WrittenStruct& after = found->second;
    if (after.size < before.size) breaks.push_back(name + " has shrunk");
    for (std::size_t i = 0; i < before.fields.size(); ++i)
      if (i >= after.fields.size() || after.fields[i] != before.fields[i])
        breaks.push_back(name + ": '" + before.fields[i] + "' became '" +
                         (i < after.fields.size() ? after.fields[i] : "nothing") + "'");
  }
  return breaks;
}

}  // namespace bb::test
