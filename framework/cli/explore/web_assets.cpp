#include "explore/web_assets.hpp"

#include "core/error.hpp"

#include <array>
#include <cstddef>

#include <fmt/format.h>

#if RAVINE_HAS_WEB
extern "C" {
// Of web_assets.c.
extern const std::array<char, 1> ravine_web_plots, ravine_web_report, ravine_web_explore, ravine_web_style;
extern const std::size_t ravine_web_plots_size, ravine_web_report_size, ravine_web_explore_size,
    ravine_web_style_size;
}
#endif

namespace ravine::cli {
namespace {

/// Text that stands in HTML.
std::string escaped(std::string_view text) {
  std::string safe;
  for (const char each : text) {
    switch (each) {
      case '&':
        safe += "&amp;";
        break;
      case '<':
        safe += "&lt;";
        break;
      case '>':
        safe += "&gt;";
        break;
      case '"':
        safe += "&quot;";
        break;
      default:
        safe += each;
    }
  }
  return safe;
}

}  // namespace

web_assets bundled_assets() {
#if RAVINE_HAS_WEB
  return {{ravine_web_plots.data(), ravine_web_plots_size},
          {ravine_web_report.data(), ravine_web_report_size},
          {ravine_web_explore.data(), ravine_web_explore_size},
          {ravine_web_style.data(), ravine_web_style_size}};
#else
  throw error("this program has no pages: it was built without npm; install npm, configure and build again");
#endif
}

std::string report_page(const std::string& title, const std::string& packed_data) {
  const web_assets assets = bundled_assets();
  // The page may load nothing: it is the same offline, and in ten years.
  return fmt::format(
      R"(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:">
<title>{}</title>
<style>{}</style>
</head>
<body>
<noscript>This report draws its figures with JavaScript. ravine compare prints the same numbers as text.</noscript>
<main id="page" aria-busy="true"></main>
<script type="text/plain" id="data">{}</script>
<script>{}</script>
<script>{}</script>
</body>
</html>
)",
      escaped(title), assets.style, packed_data, assets.report, assets.plots);
}

}  // namespace ravine::cli
