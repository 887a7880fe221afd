// render <document.json> <page.html>: the page that the browser test opens.
#include <cstdio>

#include "base/file.h"
#include "report/report.h"

using namespace bytepath;

static Result<> render(const std::string& from, const std::string& to) {
  BYTEPATH_TRY(text, read_file(from));
  BYTEPATH_TRY(document, result::from_json(text, from));
  return write_file(to, report::render_html(document, {}));
}

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const auto done = render(argv[1], argv[2]);
  if (!done) std::fprintf(stderr, "render: %s\n", done.error().message.c_str());
  return done ? 0 : 1;
}
