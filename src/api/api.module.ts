import { type DynamicModule, Inject, Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { CommandBus, CqrsModule } from '@nestjs/cqrs';
import { Health } from '../platform/health.js';
import { AccountController } from './around/account.controller.js';
import { AuditController } from './around/audit.controller.js';
import { CoreReturnController } from './around/core-return.controller.js';
import { OperationsController } from './around/operations.controller.js';
import { PublicController } from './around/public.controller.js';
import { commandHandlers, refuseSecondHandlers } from './commands/command-bus.js';
import { commandControllers, routedCommands } from './commands/command-controllers.js';
import { CommandGateway } from './commands/command-gateway.js';
import { OpenApi } from './openapi/openapi.js';
import { API_PARTS, type ApiParts } from './parts.js';
import { ProblemFilter } from './problems/problem-filter.js';
import { CaseFileController } from './rows/case-file.controller.js';
import { DeclineMonitoringController } from './rows/decline-monitoring.controller.js';
import { ReferralMessageController } from './rows/referral-message.controller.js';
import { rowControllers } from './rows/row-controllers.js';
import { RentStatementController } from './rows/rent-statement.controller.js';
import { RowService } from './rows/row-service.js';
import { shownTables } from './rows/tables.js';

/** Everything that is answered over REST: derived from what is declared, and beside it what is written by hand. */
@Module({})
export class ApiModule {
  constructor(@Inject(CommandBus) bus: CommandBus) {
    refuseSecondHandlers(bus);
  }

  /** @throws Error with a sentence where declarations and hand-written routes do not fit together. */
  static forRoot(parts: ApiParts): DynamicModule {
    const { catalogue, handWritten, readSchemas, health, logger } = parts;
    const probes = new Health(health, (probe, error) => logger.warn({ probe, err: error }, 'A dependency is down.'));
    return {
      module: ApiModule,
      imports: [CqrsModule.forRoot(), ...(handWritten.imports ?? [])],
      controllers: [
        ...handWritten.controllers,
        PublicController,
        AccountController,
        AuditController,
        OperationsController,
        CaseFileController,
        ReferralMessageController,
        DeclineMonitoringController,
        RentStatementController,
        CoreReturnController,
        ...commandControllers(catalogue, new Set(Object.keys(handWritten.commands))),
        ...rowControllers(shownTables(catalogue, readSchemas)),
      ],
      providers: [
        { provide: API_PARTS, useValue: parts },
        { provide: Health, useValue: probes },
        { provide: APP_FILTER, useClass: ProblemFilter },
        CommandGateway,
        RowService,
        OpenApi,
        ...commandHandlers(routedCommands(catalogue)),
        ...(handWritten.providers ?? []),
      ],
      exports: [API_PARTS, Health, CommandGateway, RowService],
    };
  }
}
