/**
 * {@code natpeer demo}: a server and two peers, each a process of its own, over real UDP sockets; first directly, then through the
 * relay. The processes tell what happens in JSON lines on their standard output, and end when their standard input does.
 */
package io.natconnector.natpeer.demo;
