/**
 * {@code natpeer listen} and {@code natpeer connect}: standard input goes to the peer as datagrams, datagrams of the peer go to
 * standard output. How it stands is told on standard error.
 */
package io.natconnector.natpeer.talk;
