// bb/sdk/services.hpp - handles of every host service.
#pragma once

#include <bb/sdk/services/cancel.hpp>
#include <bb/sdk/services/clock.hpp>
#include <bb/sdk/services/evidence.hpp>
#include <bb/sdk/services/http.hpp>
#include <bb/sdk/services/log.hpp>
#include <bb/sdk/services/person.hpp>
#include <bb/sdk/services/random.hpp>
#include <bb/sdk/services/secret.hpp>
#include <bb/sdk/services/stream.hpp>
