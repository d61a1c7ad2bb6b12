/** Names of the local network (RFC 6762), as browsers put them into candidates in place of addresses. */
package io.natconnector.mdns;
