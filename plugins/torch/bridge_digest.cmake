file(SHA256 ${BRIDGE} digest)
file(WRITE ${OUTPUT} "#define RAVINE_BRIDGE_SHA256 \"${digest}\"\n")
