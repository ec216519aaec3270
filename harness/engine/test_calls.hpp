// harness/engine/test_calls.hpp - the calls of a step: their instance and its session, made again after
// a crash, and sign-ins that a browser takes part in.
#pragma once

#include <string>

#include "harness/engine/test_context.hpp"

namespace bb::engine {

// A verb as `instance` is asked for it.
VerbCall verb_call(const TestContext& test, const std::string& verb, Value arguments, const Actor& actor,
                   const ConnectorInstance& instance);
// One attempt at it.
VerbReply attempt_verb(TestContext& test, const suite::Step& step, const VerbCall& call, const Actor& actor,
                       ConnectorInstance& instance);
// Who is known before the run was asked for a password then (T08); this is for
// those that a test saves.
Came check_sign_in(TestContext& test, const ConnectorInstance& instance, const suite::Step& step, const Actor& actor,
                   const Value& arguments);
// Why there is no instance: a mistake of the target, or its process died too often.
Came not_made(const TestContext& test, const suite::Step& step, const Actor& actor, const Error& error);
// After a crash the session is gone with the process: what made it is done
// again, as set-up that nobody judges.
Came restore_session(TestContext& test, ConnectorInstance& instance, const suite::Step& step, const Actor& actor);
// Whether something was sent before the process ended is not known: a fresh one
// is asked with the same key, which a system that has it does not send again.
Came begin_again(TestContext& test, const suite::Step& step, const Actor& actor);

}  // namespace bb::engine
