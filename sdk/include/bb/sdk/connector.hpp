// bb/sdk/connector.hpp - everything a connector in C++20 needs.
//
// Header-only, on the C ABI (bb/abi/) and the standard library alone. Derive a
// class from bb::Connector and from the capabilities it has, then name it with
// BB_PLUGIN. How to: docs/reference/connector-sdk.md.
#pragma once

#include <bb/sdk/plugin.hpp>
#include <bb/sdk/services.hpp>
