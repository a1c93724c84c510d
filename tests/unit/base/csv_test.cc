#include "base/status_matchers.h"
