/* The bundled pages, as bytes: an array in C would take the compiler minutes. RAVINE_WEB_DIR holds the
 * bundle. */
#include <stddef.h>

#define EMBED(name, file)                                  \
  __asm__(                                                 \
      ".section .rodata\n"                                 \
      ".global ravine_web_" #name                          \
      "\n"                                                 \
      ".balign 16\n"                                       \
      "ravine_web_" #name                                  \
      ":\n"                                                \
      ".incbin \"" RAVINE_WEB_DIR "/" file                 \
      "\"\n"                                               \
      "ravine_web_" #name                                  \
      "_end:\n"                                            \
      ".byte 0\n"                                          \
      ".balign 8\n"                                        \
      ".global ravine_web_" #name                          \
      "_size\n"                                            \
      "ravine_web_" #name                                  \
      "_size:\n"                                           \
      ".quad ravine_web_" #name "_end - ravine_web_" #name \
      "\n"                                                 \
      ".previous\n")

EMBED(plots, "plots.js");
EMBED(report, "report.js");
EMBED(explore, "explore.js");
EMBED(style, "style.css");
