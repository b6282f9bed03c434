/** Something that the product needs in order to serve. */
export interface HealthProbe {
  readonly name: string;
  /** Details for `/health/ready`; what it throws makes the product unready. */
  check(): Promise<Readonly<Record<string, unknown>>>;
}

export interface Readiness {
  readonly ready: boolean;
  readonly checks: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const LONGEST_MS = 3_000;

/** Whether the product can serve; each dependency is asked, and none is waited for longer than three seconds. */
export class Health {
  private leaving = false;

  /** @param failed told why something is down: the answer does not say it, it may name hosts and users. */
  constructor(
    private readonly probes: readonly HealthProbe[],
    private readonly failed: (probe: string, error: unknown) => void = () => undefined,
  ) {}

  /** From now on it is not ready: traffic goes elsewhere while what is under way finishes. */
  leave(): void {
    this.leaving = true;
  }

  async readiness(): Promise<Readiness> {
    const answers = await Promise.all(this.probes.map(async (probe) => [probe.name, await this.answerOf(probe)] as const));
    const checks = Object.fromEntries(answers);
    return { ready: !this.leaving && answers.every(([, { status }]) => status === 'up'), checks };
  }

  private async answerOf(probe: HealthProbe): Promise<Readonly<Record<string, unknown>>> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('late')), LONGEST_MS);
    });
    try {
      return { status: 'up', ...(await Promise.race([probe.check(), late])) };
    } catch (error) {
      this.failed(probe.name, error);
      return { status: 'down' };
    } finally {
      clearTimeout(timer);
    }
  }
}
