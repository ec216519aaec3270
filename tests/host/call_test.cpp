#include <gtest/gtest.h>

#include <bb/host/call.hpp>

namespace bb::test {
namespace {

using host::Blame;

std::string word(bb_status status, Blame blame = Blame::system) {
  host::Reply reply;
  reply.status = status;
  reply.blame = blame;
  return std::string(host::result_word(reply));
}

TEST(ResultWordTest, EveryStatusOfTheSystemHasTheWordOfTheTable) {
  // docs/reference/outcomes.md, row by row.
  EXPECT_EQ(word(BB_OK), "ok");
  for (const bb_status status : {200, 201, 202, 299, 400, 401, 404, 499}) EXPECT_EQ(word(status), "refused") << status;
  // What cannot be read has not been refused: it may hold anything.
  EXPECT_EQ(word(BB_E_PROTOCOL), "malformed");
  EXPECT_EQ(word(BB_E_CORRUPT), "malformed");
  EXPECT_EQ(word(BB_E_UNTRUSTED_PEER), "untrusted");
  EXPECT_EQ(word(BB_E_NOT_FOUND), "not_found");
  EXPECT_EQ(word(BB_E_UNSUPPORTED), "unsupported");
  EXPECT_EQ(word(BB_E_DEADLINE), "timeout");
  for (const bb_status status : {300, 301, 304, 399}) EXPECT_EQ(word(status), "unavailable") << status;
  for (const bb_status status : {600, 601, 699}) EXPECT_EQ(word(status), "pending") << status;
  EXPECT_EQ(word(BB_E_CANCELLED), "cancelled");
  EXPECT_EQ(word(BB_E_CONNECTOR_LOST), "connector_lost");
  EXPECT_EQ(word(BB_E_CONNECTOR_STUCK), "connector_stuck");
  for (const bb_status status : {500, 505, 599, 700, -1, 1, 99}) EXPECT_EQ(word(status), "internal") << status;
  EXPECT_EQ(word(BB_E_OUT_OF_MEMORY), "out_of_memory");
  EXPECT_EQ(word(BB_E_HOST_FAULT), "host_fault");
  for (const bb_status status : {100, 103, 104, 199}) EXPECT_EQ(word(status), "invalid") << status;
}

TEST(ResultWordTest, WhatTheHostRefusedIsInvalidWhateverItsStatus) {
  for (const bb_status status : {BB_E_FORBIDDEN, BB_E_NOT_FOUND, BB_E_UNSUPPORTED, BB_E_INVALID_ARGUMENT})
    EXPECT_EQ(word(status, Blame::host), "invalid") << status;
  EXPECT_EQ(word(BB_E_HOST_FAULT, Blame::host), "host_fault");
  EXPECT_EQ(word(BB_E_CANCELLED, Blame::host), "cancelled");
}

TEST(ResultWordTest, WhatTheConnectorBrokeIsInternal) {
  for (const bb_status status : {BB_E_DEADLINE, BB_E_TOO_LARGE, BB_E_INTERNAL, BB_OK})
    EXPECT_EQ(word(status, Blame::connector), "internal") << status;
  EXPECT_EQ(word(BB_E_OUT_OF_MEMORY, Blame::connector), "out_of_memory");
  EXPECT_EQ(word(BB_E_CONNECTOR_LOST, Blame::connector), "connector_lost");
  EXPECT_EQ(word(BB_E_PENDING, Blame::connector), "pending");
}

TEST(ResultWordTest, TheClaimsJudgeWhatTheSystemSaid) {
  for (const char* const judged :
       {"ok", "refused", "not_found", "unsupported", "malformed", "untrusted", "timeout", "unavailable"})
    EXPECT_TRUE(host::is_judged(judged)) << judged;
  for (const char* const unjudged : {"pending", "cancelled", "internal", "out_of_memory", "host_fault",
                                     "connector_lost", "connector_stuck", "invalid", ""})
    EXPECT_FALSE(host::is_judged(unjudged)) << unjudged;
}

TEST(StatusNameTest, KnownValuesHaveTheirName) {
  EXPECT_EQ(host::status_name(BB_OK), "BB_OK");
  EXPECT_EQ(host::status_name(BB_E_FORBIDDEN), "BB_E_FORBIDDEN");
  EXPECT_EQ(host::status_name(BB_E_CONNECTOR_STUCK), "BB_E_CONNECTOR_STUCK");
  EXPECT_EQ(host::status_name(BB_E_PENDING), "BB_E_PENDING");
}

TEST(StatusNameTest, UnknownValuesSayTheirClass) {
  EXPECT_EQ(host::status_name(304), "BB_E_3xx (304)");
  EXPECT_EQ(host::status_name(699), "BB_E_6xx (699)");
  EXPECT_EQ(host::status_name(700), "status 700");
  EXPECT_EQ(host::status_name(-1), "status -1");
}

}  // namespace
}  // namespace bb::test
