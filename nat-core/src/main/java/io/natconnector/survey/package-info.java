/** Finds out what the NAT in front of this machine does. */
package io.natconnector.survey;
