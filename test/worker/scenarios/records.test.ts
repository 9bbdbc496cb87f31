import { play } from './play.ts';

play('records');
