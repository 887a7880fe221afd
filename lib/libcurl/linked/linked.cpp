#include "libcurl/libcurl.h"

namespace bytepath::libcurl {

Result<> available() { return {}; }

}  // namespace bytepath::libcurl
