/** A virtual internet in virtual time. */
module io.natconnector.testkit {
    requires transitive io.natconnector.stun;
    requires static org.junit.jupiter.api;

}
