import { play } from './play.ts';

play('figures');
