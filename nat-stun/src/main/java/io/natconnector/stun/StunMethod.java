package io.natconnector.stun;

/** The methods that we speak, by IANA's registry. */
public enum StunMethod {
    /** RFC 8489, section 18.2. */
    BINDING(0x001),
    /** RFC 8656, section 17. */
    ALLOCATE(0x003), REFRESH(0x004), SEND(0x006), DATA(0x007), CREATE_PERMISSION(0x008), CHANNEL_BIND(0x009),
    /** RFC 6062, section 6.1. */
    CONNECT(0x00A), CONNECTION_BIND(0x00B), CONNECTION_ATTEMPT(0x00C);

    private static final StunClass[] CLASSES = StunClass.values();
    private static final StunMethod[] BY_CODE = new StunMethod[0x010];

    static {
        for (StunMethod method : values()) {
            BY_CODE[method.code] = method;
        }
    }

    private final int code;

    StunMethod(int code) {
        this.code = code;
    }

    /** The 12-bit method number. */
    public int code() {
        return code;
    }

    /** The method of that number, or {@code null} for one that we don't speak. */
    public static StunMethod of(int code) {
        return code >= 0 && code < BY_CODE.length ? BY_CODE[code] : null;
    }

    /**
     * The 16-bit message type. The class bits sit between the method's bits (RFC 8489, figure 3):
     * {@code M11..M7 C1 M6..M4 C0 M3..M0}.
     */
    public int type(StunClass stunClass) {
        return type(code, stunClass);
    }

    static int type(int code, StunClass stunClass) {
        int bits = stunClass.ordinal();
        return (code & 0xF80) << 2 | (code & 0x070) << 1 | code & 0x00F | (bits & 2) << 7 | (bits & 1) << 4;
    }

    static int codeOf(int type) {
        return (type & 0x3E00) >> 2 | (type & 0x00E0) >> 1 | type & 0x000F;
    }

    static StunClass classOf(int type) {
        return CLASSES[type >> 7 & 2 | type >> 4 & 1];
    }
}
