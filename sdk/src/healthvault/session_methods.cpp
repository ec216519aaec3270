#include <bb/healthvault/session_methods.hpp>

#include "messages.hpp"
#include "session_fields.hpp"

namespace bb::healthvault {
namespace {

// A word of a list, in an attribute or as an element's text.
template <class A, class Word>
void algorithm_attribute(A& a, std::string_view name, Word& word, auto from_word) {
  if constexpr (A::is_reading) {
    std::string text;
    a.attribute(name, Kind::filled, text);
    if (const auto found = from_word(text))
      word = *found;
    else
      a.check(false, "an algorithm that the protocol has");
  } else {
    a.attribute(name, Kind::filled, std::string{word_of(word)});
  }
}

}  // namespace

// Version 1: types.xsd, AppServerCredInfo. Version 2: AppServerCredInfo of the method's own
// schema, whose `hmac` is the algorithm's word; with `algName` it carries a secret.
template <class A>
void describe(A& a, typename A::template Of<SessionContent>& content) {
  a.one("app-id", Kind::guid, content.app_id);
  if (a.version() < 2) {
    a.element("shared-secret", [&] {
      a.element("hmac-alg", [&] {
        algorithm_attribute(a, "algName", content.algorithm, mac_algorithm);
        a.content(Kind::filled, content.proposed_secret);
      });
    });
    return;
  }
  a.element("hmac", [&] {
    if constexpr (A::is_reading) {
      std::string word;
      a.maybe_attribute("algName", Kind::filled, word);
      a.content(Kind::filled, word.empty() ? word : content.proposed_secret);
      if (const auto found = mac_algorithm(word))
        content.algorithm = *found;
      else
        a.check(false, "HMACSHA256 or HMACSHA1");
    } else if (content.proposed_secret.empty()) {
      a.content(Kind::filled, std::string{word_of(content.algorithm)});
    } else {
      a.attribute("algName", Kind::filled, std::string{word_of(content.algorithm)});
      a.content(Kind::filled, content.proposed_secret);
    }
  });
  a.one("signing-time", Kind::date_time, content.signing_time);
}

std::string write_session_content(const SessionContent& content, int version) {
  std::string out;
  Writer writer(out, version);
  writer.one("content", content);
  return out;
}

template <class A>
void describe(A& a, typename A::template Of<SessionSignature>& signature) {
  if constexpr (A::is_reading) {
    std::string digest;
    a.attribute("digestMethod", Kind::filled, digest);
    algorithm_attribute(a, "sigMethod", signature.method, signature_method);
    a.check(digest == digest_word_of(signature.method), "a digestMethod that fits its sigMethod");
  } else {
    a.attribute("digestMethod", Kind::filled, std::string{digest_word_of(signature.method)});
    a.attribute("sigMethod", Kind::filled, std::string{word_of(signature.method)});
  }
  a.attribute("thumbprint", Kind::filled, signature.thumbprint);
  a.content(Kind::base64, signature.signature);
}

template <class A>
void describe(A& a, typename A::template Of<SessionCode>& code) {
  algorithm_attribute(a, "algName", code.algorithm, mac_algorithm);
  a.content(Kind::base64, code.code);
}

template <class A>
void describe(A& a, typename A::template Of<CreateAuthenticatedSessionToken::Request>& request) {
  const bool is_first = a.version() < 2;
  a.element("auth-info", [&] {
    a.element("app-id", [&] {
      a.maybe_attribute("is-multi-record-app", request.is_multi_record);
      a.content(Kind::guid, request.app_id);
    });
    a.element("credential", [&] {
      a.element(is_first ? "appserver" : "appserver2", [&] {
        a.maybe("sig", request.signature);
        if (!is_first && !request.signature) a.maybe("hmacSig", request.code);
        a.check(request.signature || request.code, is_first ? "a 'sig'" : "a 'sig' or a 'hmacSig'");
        if constexpr (A::is_reading)
          a.element("content", [&] {
            request.content_bytes = a.bytes();
            describe(a, request.content);
          });
        else
          a.inside(request.content_bytes);
      });
    });
  });
}

template <class A>
void describe(A& a, typename A::template Of<CreateAuthenticatedSessionToken::Answer>& answer) {
  if (a.version() < 2) {
    a.optional("token-absence-reason", !answer.absence_reason.empty(), [&] {
      a.attribute("app-id", Kind::guid, answer.app_id);
      a.content(Kind::filled, answer.absence_reason);
    });
    if (!answer.absence_reason.empty()) return;
  }
  a.element("token", [&] {
    a.attribute("app-id", Kind::guid, answer.app_id);
    a.attribute("app-record-auth-action", Kind::text, answer.app_record_auth_action);
    a.content(Kind::text, answer.token);
  });
  if (a.version() >= 2) a.one("shared-secret", Kind::filled, answer.shared_secret);
}

template <class A>
void describe(A& a, typename A::template Of<NewApplicationCreationInfo::Answer>& answer) {
  a.one("app-id", Kind::guid, answer.app_id);
  a.one("shared-secret", Kind::filled, answer.shared_secret);
  a.one("app-token", Kind::filled, answer.app_token);
}

template <class A>
void describe(A& a, typename A::template Of<ConfigurationEntry>& entry) {
  a.attribute("key", Kind::text, entry.key);
  a.content(Kind::text, entry.value);
}

template <class A>
void describe(A& a, typename A::template Of<Instance>& instance) {
  a.one("id", Kind::filled, instance.id);
  a.one("name", Kind::filled, instance.name);
  a.one("description", Kind::filled, instance.description);
  a.one("platform-url", Kind::filled, instance.platform_url);
  a.one("shell-url", Kind::filled, instance.shell_url);
}

template <class A>
void describe(A& a, typename A::template Of<ServicePlatform>& platform) {
  a.one("url", Kind::text, platform.url);
  a.one("version", Kind::text, platform.version);
  a.many("configuration", platform.configuration);
}

template <class A>
void describe(A& a, typename A::template Of<ShellToken>& token) {
  a.one("token", Kind::text, token.token);
  a.one("description", Kind::text, token.description);
  a.one("querystring-parameters", Kind::text, token.query_parameters);
}

template <class A>
void describe(A& a, typename A::template Of<ServiceShell>& shell) {
  a.one("url", Kind::text, shell.url);
  a.one("redirect-url", Kind::text, shell.redirect_url);
  a.many("redirect-token", shell.tokens);
}

template <class A>
void describe(A& a, typename A::template Of<ServiceAssembly>& assembly) {
  a.one("url", Kind::text, assembly.url);
  a.one("version", Kind::text, assembly.version);
  a.one("doc-url", Kind::text, assembly.documentation_url);
}

template <class A>
void describe(A& a, typename A::template Of<ServiceMethodVersion>& version) {
  a.attribute("number", Kind::text, version.number);
  a.maybe("request-schema-url", Kind::text, version.request_schema_url);
  a.maybe("response-schema-url", Kind::text, version.response_schema_url);
}

template <class A>
void describe(A& a, typename A::template Of<ServiceMethod>& method) {
  a.one("name", Kind::text, method.name);
  a.many("version", method.versions);
}

template <class A>
void describe(A& a, typename A::template Of<InstanceList>& list) {
  a.maybe_attribute("current-instance-id", Kind::filled, list.current_id);
  a.many("instance", list.instances, 1);
}

template <class A>
void describe(A& a, typename A::template Of<ServiceMeaningfulUse>& use) {
  a.one("enabled", use.is_enabled);
  a.many("configuration", use.configuration);
}

template <class A>
void describe(A& a, typename A::template Of<GetServiceDefinition::Request>& request) {
  a.maybe("updated-date", Kind::date_time, request.updated_date);
  if (a.version() >= 2) a.maybe_list("response-sections", "section", Kind::filled, request.sections);
}

template <class A>
void describe(A& a, typename A::template Of<GetServiceDefinition::Answer>& answer) {
  a.maybe("platform", answer.platform);
  a.maybe("shell", answer.shell);
  if (a.version() < 2) a.many("sdk-assembly", answer.assemblies);
  a.many("xml-method", answer.methods);
  a.many("common-schema", Kind::text, answer.common_schemas);
  if (a.version() >= 2) {
    a.maybe("instances", answer.instances);
    a.maybe("meaningful-use", answer.meaningful_use);
  }
  a.maybe("updated-date", Kind::date_time, answer.updated_date);
}

template <class A>
void describe(A& a, typename A::template Of<SelectInstance::Request>& request) {
  a.one("preferred-location", request.preferred_location);
}

template <class A>
void describe(A& a, typename A::template Of<SelectInstance::Answer>& answer) {
  a.maybe("selected-instance", answer.selected);
}

template <class A>
void describe(A& a, typename A::template Of<LocalText>& text) {
  a.maybe_attribute("xml:lang", Kind::filled, text.language);
  a.content(Kind::text, text.text);
}

template <class A>
void describe(A& a, typename A::template Of<GetApplicationInfo::Request>& request) {
  a.maybe("all-languages", request.all_languages);
  a.maybe("child-app-id", Kind::guid, request.child_app_id);
}

template <class A>
void describe(A& a, typename A::template Of<GetApplicationInfo::Answer>& answer) {
  a.element("application", [&] {
    a.one("id", Kind::guid, answer.id);
    a.many("name", answer.names, 1);
    a.one("app-auth-required", answer.is_authorization_required);
    a.one("restrict-app-users", answer.is_restricted_to_users);
    a.one("is-published", answer.is_published);
    a.maybe("action-url", Kind::text, answer.action_url);
    a.many("description", answer.descriptions);
    a.many("auth-reason", answer.authorization_reasons);
    a.maybe("domain-name", Kind::filled, answer.domain_name);
    a.until({}, answer.more_xml);
  });
}

BB_TYPED_METHOD(CreateAuthenticatedSessionToken);
BB_TYPED_METHOD(NewApplicationCreationInfo);
BB_TYPED_METHOD(GetServiceDefinition);
BB_TYPED_METHOD(SelectInstance);
BB_TYPED_METHOD(GetApplicationInfo);

}  // namespace bb::healthvault
