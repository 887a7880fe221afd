#pragma once
#include "base/result.h"

// libcurl is linked, but by the programs of the tarball: what Debian's archive of it needs in turn
// are thirty libraries, TLS among them, whose roots and policy are each distribution's own. They
// load the one of the host at its first use (loaded/).
namespace bytepath::libcurl {

// Unsupported when there is none on this host, or one too old. Ask before the first call.
Result<> available();

}  // namespace bytepath::libcurl
