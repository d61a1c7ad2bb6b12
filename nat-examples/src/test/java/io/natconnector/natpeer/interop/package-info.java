/**
 * Other implementations as the other side, in network namespaces that the tests make themselves: that takes Linux and root. What is
 * missing is installed where that is possible, and said where not.
 */
package io.natconnector.natpeer.interop;
