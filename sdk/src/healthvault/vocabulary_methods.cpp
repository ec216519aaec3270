#include <bb/healthvault/vocabulary_methods.hpp>

#include "messages.hpp"

namespace bb::healthvault {
namespace {

enum class Side { request, answer };

}  // namespace

template <class A>
void describe_key(A& a, typename A::template Of<VocabularyKey>& key, Side side) {
  a.maybe_attribute("xml:lang", Kind::filled, key.language);
  a.one("name", Kind::filled, key.name);
  a.maybe("family", Kind::filled, key.family);
  a.maybe("version", Kind::filled, key.version);
  a.maybe("code-value", Kind::text, key.code_value);
  if (side == Side::answer) a.maybe("description", Kind::text, key.description);
}

template <class A>
void describe(A& a, typename A::template Of<VocabularyItem>& item) {
  a.one("code-value", Kind::text, item.code);
  a.maybe("display-text", Kind::text, item.display_text);
  a.maybe("abbreviation-text", Kind::text, item.abbreviation);
  a.maybe_inside("info-xml", item.info_xml);
}

template <class A>
void describe(A& a, typename A::template Of<Vocabulary>& vocabulary) {
  a.maybe_attribute("xml:lang", Kind::filled, vocabulary.language);
  a.one("name", Kind::text, vocabulary.name);
  a.one("family", Kind::text, vocabulary.family);
  a.one("version", Kind::text, vocabulary.version);
  a.many("code-item", vocabulary.items);
  a.maybe("is-vocab-truncated", vocabulary.is_truncated);
}

template <class A>
void describe(A& a, typename A::template Of<GetVocabulary::Request>& request) {
  a.optional("vocabulary-parameters", !request.keys.empty(), [&] {
    a.many_with(
        "vocabulary-key", request.keys, [&](auto& key) { describe_key(a, key, Side::request); }, 1);
    a.one("fixed-culture", request.is_culture_fixed);
  });
}

template <class A>
void describe(A& a, typename A::template Of<GetVocabulary::Answer>& answer) {
  a.many("vocabulary", answer.vocabularies);
  if (answer.vocabularies.empty())
    a.many_with(
        "vocabulary-key", answer.keys, [&](auto& key) { describe_key(a, key, Side::answer); }, 1);
}

template <class A>
void describe(A& a, typename A::template Of<SearchVocabulary::Request>& request) {
  a.maybe_with("vocabulary-key", request.key, [&](auto& key) { describe_key(a, key, Side::request); });
  a.element("text-search-parameters", [&] {
    a.element("search-string", [&] {
      a.maybe_attribute("search-mode", Kind::filled, request.mode);
      a.content(Kind::filled, request.text);
    });
    a.maybe("max-results", request.count_max);
  });
}

template <class A>
void describe(A& a, typename A::template Of<SearchVocabulary::Answer>& answer) {
  a.many_with("vocabulary-key", answer.keys, [&](auto& key) { describe_key(a, key, Side::answer); });
  if (answer.keys.empty()) a.maybe("code-set-result", answer.found);
}

BB_TYPED_METHOD(GetVocabulary);
BB_TYPED_METHOD(SearchVocabulary);

}  // namespace bb::healthvault
