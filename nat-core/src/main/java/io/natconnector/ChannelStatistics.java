package io.natconnector;

/**
 * Datagrams of one channel.
 *
 * @param sent handed to the network
 * @param received from the peer, those dropped included
 * @param dropped sent while there was no path, or received and not read in time
 */
public record ChannelStatistics(long sent, long received, long dropped) { }
