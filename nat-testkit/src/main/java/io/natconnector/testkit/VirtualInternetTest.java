package io.natconnector.testkit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A JUnit test that gets a fresh {@link VirtualInternet} as parameter, once for each seed. A failure carries its seed and the
 * trace; to replay it alone, run the test with {@code -Dnat.seed=} that seed.
 *
 * <pre>{@code
 * @VirtualInternetTest(seeds = 100)
 * void survivesTheLossOfEveryTenthPacket(VirtualInternet net) {
 *     Nat nat = net.nat("nat", "198.51.100.1");
 *     ...
 * }
 * }</pre>
 *
 * <p>With other kinds of tests, such as {@code @ParameterizedTest}, use {@link VirtualInternetExtension} itself.
 */
@Documented
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@TestTemplate
@ExtendWith(VirtualInternetExtension.class)
public @interface VirtualInternetTest {
    /** The first seed. */
    long seed() default 1;

    /** With how many seeds, one after the other, the test runs. */
    int seeds() default 1;
}
