/** A virtual internet in virtual time: hosts, links, RFC 4787 NATs, firewalls. */
package io.natconnector.testkit;
