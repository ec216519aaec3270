#include <bb/healthvault/connect_methods.hpp>

#include "messages.hpp"
#include "thing_fields.hpp"

namespace bb::healthvault {

template <class A>
void describe(A& a, typename A::template Of<IdentityCodeAnswer>& answer) {
  a.one("identity-code", Kind::filled, answer.identity_code);
}

template <class A>
void describe(A& a, typename A::template Of<CreateConnectRequest::Request>& request) {
  a.one("friendly-name", Kind::filled, request.friendly_name);
  a.one("question", Kind::filled, request.question);
  a.one("answer", Kind::filled, request.answer);
  a.one("external-id", Kind::filled, request.external_id);
  a.maybe("call-back-url", Kind::filled, request.call_back_url);
}

template <class A>
void describe(A& a, typename A::template Of<AuthorizedConnectRequest>& request) {
  a.one("person-id", Kind::guid, request.person_id);
  a.element("record-id", [&] {
    a.maybe_attribute("app-specific-record-id", Kind::text, request.app_specific_record_id);
    a.content(Kind::guid, request.record_id);
  });
  a.one("app-id", Kind::guid, request.app_id);
  a.one("external-id", Kind::text, request.external_id);
}

template <class A>
void describe(A& a, typename A::template Of<GetAuthorizedConnectRequests::Request>& request) {
  a.maybe("authorized-connect-requests-since", Kind::date_time, request.since);
}

template <class A>
void describe(A& a, typename A::template Of<GetAuthorizedConnectRequests::Answer>& answer) {
  a.maybe("resume-key", Kind::date_time, answer.resume_key);
  a.many("connect-request", answer.requests);
}

template <class A>
void describe(A& a, typename A::template Of<DeletePendingConnectRequest::Request>& request) {
  a.one("external-id", Kind::filled, request.external_id);
}

template <class A>
void describe(A& a, typename A::template Of<UpdateExternalId::Request>& request) {
  a.maybe("identity-code", Kind::filled, request.identity_code);
  if (request.identity_code.empty()) a.one("old-external-id", Kind::filled, request.old_external_id);
  a.one("new-external-id", Kind::filled, request.new_external_id);
}

template <class A>
void describe(A& a, typename A::template Of<CreateConnectPackage::Request>& request) {
  const int thing_version = a.version() >= 2 ? 2 : 1;
  a.maybe("identity-code", Kind::text, request.identity_code);
  a.one("friendly-name", Kind::filled, request.friendly_name);
  a.one("question", Kind::filled, request.question);
  a.one("external-id", Kind::filled, request.external_id);
  a.element("package", [&] { describe_thing(a, request.package, thing_version); });
  if (thing_version >= 2)
    a.maybe_list("streamed-package-blobs", "blob-in-package-ref-url", Kind::filled, request.blob_urls);
}

template <class A>
void describe(A& a, typename A::template Of<BeginPutConnectPackageBlob::Answer>& answer) {
  a.one("blob-ref-url", Kind::filled, answer.reference_url);
  a.one("package-blob-chunk-encryption-algorithm", Kind::filled, answer.chunk_encryption);
  a.one("blob-pre-encryption-chunk-size", answer.chunk_bytes_plain);
  a.one("blob-post-encryption-chunk-size", answer.chunk_bytes_encrypted);
  a.one("max-blob-size", answer.blob_bytes_max);
  a.one("blob-hash-algorithm", Kind::text, answer.hash_algorithm);
  a.element("blob-hash-parameters", [&] { a.maybe("block-size", answer.hash_block_bytes); });
}

template <class A>
void describe(A& a, typename A::template Of<DeletePendingConnectPackage::Request>& request) {
  a.maybe("identity-code", Kind::filled, request.identity_code);
  if (request.identity_code.empty()) a.one("external-id", Kind::filled, request.external_id);
}

BB_TYPED_METHOD(CreateConnectRequest);
BB_TYPED_METHOD(GetAuthorizedConnectRequests);
BB_TYPED_METHOD(DeletePendingConnectRequest);
BB_TYPED_METHOD(UpdateExternalId);
BB_TYPED_METHOD(AllocatePackageId);
BB_TYPED_METHOD(CreateConnectPackage);
BB_TYPED_METHOD(BeginPutConnectPackageBlob);
BB_TYPED_METHOD(DeletePendingConnectPackage);

}  // namespace bb::healthvault
