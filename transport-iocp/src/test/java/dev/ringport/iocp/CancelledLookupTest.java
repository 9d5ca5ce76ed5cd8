// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.iocp.NameAnswers.Asked;
import dev.ringport.iocp.abi.WindowsErrors;
import dev.ringport.iocp.names.NameQuery;
import dev.ringport.iocp.names.WinsockAddressResolver.Order;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Lookups that nobody waits for any more. */
class CancelledLookupTest extends LookupFixture {
    @Test
    void aCancelledPromiseCancelsTheLookupWhoseMemoryStaysUntilItHasEnded() throws Exception {
        Future<InetSocketAddress> future = resolve("slow.example");
        Asked asked = windows.next();

        assertThat(future.cancel(false)).isTrue();

        windows.awaitCancel(asked);
        assertThat(NameQuery.pending()).as("Windows may still write").isEqualTo(1);
        NameAnswers.endElsewhere(asked, WindowsErrors.WSA_E_CANCELLED);
        assertThatThrownBy(() -> get(future)).isInstanceOf(CancellationException.class);
        assertThat(windows.cancellations()).isZero();
    }

    @Test
    void anAnswerThatComesAfterACancellationIsFreed() throws Exception {
        Future<InetSocketAddress> future = resolve("late.example");
        Asked asked = windows.next();
        assertThat(future.cancel(false)).isTrue();
        windows.awaitCancel(asked);

        windows.give(asked, inet(1));
        NameAnswers.endElsewhere(asked, 0);

        assertThat(future.isCancelled()).isTrue();
        assertThat(windows.lists()).isZero();
    }

    @Test
    void aLookupThatHasEndedIsNotCancelled() throws Exception {
        Future<InetSocketAddress> future = resolve("ended.example");
        Asked asked = windows.next();
        windows.give(asked, inet(1));
        NameAnswers.endElsewhere(asked, 0);
        get(future);

        assertThat(future.cancel(false)).isFalse();
        executor.submit(() -> {}).get(30, TimeUnit.SECONDS);
        assertThat(windows.cancellations()).as("its handle may be another lookup's by now").isZero();
    }

    @Test
    void aCancellationDuringTheCallWaitsForItsHandle() throws Exception {
        CompletableFuture<Future<InetSocketAddress>> made = new CompletableFuture<>();
        CompletableFuture<Asked> begun = new CompletableFuture<>();
        windows.onBegin(asked -> {
            try {
                begun.complete(asked);
                Future<InetSocketAddress> future = made.get(30, TimeUnit.SECONDS);
                assertThat(future.cancel(false)).isTrue();
                executor.submit(() -> {}).get(30, TimeUnit.SECONDS);
                assertThat(windows.cancellations()).as("the handle is not written yet").isZero();
                return -WindowsErrors.WSA_IO_PENDING;
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
        var promise = executor.<InetSocketAddress>newPromise();
        made.complete(promise);

        Future<?> _ = resolver(group).resolve(InetSocketAddress.createUnresolved("busy.example", PORT), promise);

        Asked asked = begun.get(30, TimeUnit.SECONDS);
        windows.awaitCancel(asked);
        NameAnswers.endElsewhere(asked, WindowsErrors.WSA_E_CANCELLED);
        assertThat(promise.isCancelled()).isTrue();
    }

    /** Windows waits so for the call-back of a lookup that ends at the same time. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aCancellationReturnsWhenACallBackHasWhereverThatRuns(boolean elsewhere) throws Exception {
        Future<InetSocketAddress> future = resolve("both.example");
        Asked asked = windows.next();
        CompletableFuture<Void> returned = new CompletableFuture<>();
        windows.onCancel(() -> endWithin(asked, elsewhere, returned));

        assertThat(future.cancel(false)).isTrue();

        returned.get(60, TimeUnit.SECONDS);
        assertThat(NameQuery.pending()).isZero();
        executor.submit(() -> {}).get(30, TimeUnit.SECONDS);
    }

    private static int endWithin(Asked asked, boolean elsewhere, CompletableFuture<Void> returned) {
        try {
            if (elsewhere) {
                NameAnswers.endElsewhere(asked, WindowsErrors.WSA_E_CANCELLED);
            } else {
                NameAnswers.end(asked, WindowsErrors.WSA_E_CANCELLED);
            }
            returned.complete(null);
        } catch (Throwable t) {
            returned.completeExceptionally(t);
        }
        return -WindowsErrors.ERROR_INVALID_HANDLE;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aCancellationDuringTheCallReturnsWhenACallBackHasTo(boolean elsewhere) throws Exception {
        var promise = executor.<InetSocketAddress>newPromise();
        CompletableFuture<Void> returned = new CompletableFuture<>();
        windows.onBegin(asked -> {
            windows.onCancel(() -> endWithin(asked, elsewhere, returned));
            promise.cancel(false);
            try {
                executor.submit(() -> {}).get(30, TimeUnit.SECONDS);
            } catch (Exception e) {
                throw new AssertionError(e);
            }
            return -WindowsErrors.WSA_IO_PENDING;
        });

        Future<?> _ = resolver(group).resolve(InetSocketAddress.createUnresolved("busy.example", PORT), promise);

        returned.get(60, TimeUnit.SECONDS);
        assertThat(windows.cancellations()).isEqualTo(1);
    }

    @Test
    void aPromiseThatWasCancelledBeforeAsksForNothing() throws Exception {
        var promise = executor.<InetSocketAddress>newPromise();
        promise.cancel(false);
        CompletableFuture<Boolean> done = new CompletableFuture<>();

        executor.execute(() -> {
            Future<?> _ = resolver(group).resolve(InetSocketAddress.createUnresolved("never.example", PORT), promise);
            done.complete(windows.hasAsked());
        });

        assertThat(done.get(30, TimeUnit.SECONDS)).isFalse();
    }

    @Test
    void aTimeOutFailsThePromiseAndCancelsTheLookup() throws Exception {
        WinsockAddressResolverGroup impatient = group(1, Order.SYSTEM);
        CountDownLatch begun = new CountDownLatch(1);
        // The millisecond may be over before the call: nobody would be asked.
        Future<Boolean> holding = executor.submit(() -> begun.await(60, TimeUnit.SECONDS));
        Future<List<InetSocketAddress>> future = resolveAll(impatient, "slow.example");
        Asked asked = windows.next();
        begun.countDown();
        assertThat(holding.get()).isTrue();

        assertThat(failure(future)).isInstanceOf(UnknownHostException.class)
                .hasMessage("slow.example: no answer within 1 ms");
        windows.awaitCancel(asked);
        NameAnswers.endElsewhere(asked, WindowsErrors.WSA_E_CANCELLED);
        impatient.close();
    }

    @Test
    void anExecutorThatEndsFailsItsLookupsAndTheirMemoryWaitsForWindows() throws Exception {
        Future<InetSocketAddress> future = resolve("orphan.example");
        Asked asked = windows.next();

        assertThat(executor.shutdownGracefully(0, 30, TimeUnit.SECONDS).await(60, TimeUnit.SECONDS)).isTrue();

        windows.awaitCancel(asked);
        assertThat(failure(future)).isInstanceOf(UnknownHostException.class)
                .hasMessage("orphan.example: the resolver was closed");
        assertThat(NameQuery.pending()).isEqualTo(1);
        windows.give(asked, inet(1));
        NameAnswers.endElsewhere(asked, 0);
    }

    @Test
    void aClosedGroupFailsItsLookups() throws Exception {
        Future<InetSocketAddress> future = resolve("closing.example");
        Asked asked = windows.next();

        group.close();

        assertThat(failure(future)).hasMessage("closing.example: the resolver was closed");
        windows.awaitCancel(asked);
        NameAnswers.endElsewhere(asked, WindowsErrors.WSA_E_CANCELLED);
    }
}
