package io.natconnector.relay;

/** Why a relay server has dropped something. What an allocation sends beyond its rate is counted apart. */
public enum RelayDrop {
    /** Data of a client, or to a relayed address, that has no allocation, or not any more. */
    NO_ALLOCATION,
    /** Data for or of a peer that the client has given no permission to. */
    NO_PERMISSION,
    /** ChannelData on a number that is bound to nobody, or not any more. */
    NO_CHANNEL,
    /** What would have the server talk to itself. */
    LOOP,
    /** Indications that lack something or that no server takes, and answers that nobody has asked for. */
    UNASKED
}
