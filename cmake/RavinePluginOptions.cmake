# Options of every plugin, for ravine_add_plugin and for `ravine plugins build`.
set(RAVINE_PLUGIN_COMPILE_OPTIONS -O3 -fno-math-errno -ffp-contract=off)
set(RAVINE_PLUGIN_LINK_OPTIONS -Wl,--as-needed -Wl,-z,defs,-z,now,-z,noexecstack)
