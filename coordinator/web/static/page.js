var On=globalThis,Cn=On.ShadowRoot&&(On.ShadyCSS===void 0||On.ShadyCSS.nativeShadow)&&"adoptedStyleSheets"in Document.prototype&&"replace"in CSSStyleSheet.prototype,Ir=Symbol(),ns=new WeakMap,qt=class{constructor(e,t,n){if(this._$cssResult$=!0,n!==Ir)throw Error("CSSResult is not constructable. Use `unsafeCSS` or `css` instead.");this.cssText=e,this.t=t}get styleSheet(){let e=this.o,t=this.t;if(Cn&&e===void 0){let n=t!==void 0&&t.length===1;n&&(e=ns.get(t)),e===void 0&&((this.o=e=new CSSStyleSheet).replaceSync(this.cssText),n&&ns.set(t,e))}return e}toString(){return this.cssText}},rs=r=>new qt(typeof r=="string"?r:r+"",void 0,Ir),ne=(r,...e)=>{let t=r.length===1?r[0]:e.reduce((n,o,s)=>n+(i=>{if(i._$cssResult$===!0)return i.cssText;if(typeof i=="number")return i;throw Error("Value passed to 'css' function must be a 'css' function result: "+i+". Use 'unsafeCSS' to pass non-literal values, but take care to ensure page security.")})(o)+r[s+1],r[0]);return new qt(t,r,Ir)},os=(r,e)=>{if(Cn)r.adoptedStyleSheets=e.map(t=>t instanceof CSSStyleSheet?t:t.styleSheet);else for(let t of e){let n=document.createElement("style"),o=On.litNonce;o!==void 0&&n.setAttribute("nonce",o),n.textContent=t.cssText,r.appendChild(n)}},Dr=Cn?r=>r:r=>r instanceof CSSStyleSheet?(e=>{let t="";for(let n of e.cssRules)t+=n.cssText;return rs(t)})(r):r;var{is:rl,defineProperty:ol,getOwnPropertyDescriptor:sl,getOwnPropertyNames:il,getOwnPropertySymbols:al,getPrototypeOf:ll}=Object,Mn=globalThis,ss=Mn.trustedTypes,dl=ss?ss.emptyScript:"",cl=Mn.reactiveElementPolyfillSupport,Kt=(r,e)=>r,Fr={toAttribute(r,e){switch(e){case Boolean:r=r?dl:null;break;case Object:case Array:r=r==null?r:JSON.stringify(r)}return r},fromAttribute(r,e){let t=r;switch(e){case Boolean:t=r!==null;break;case Number:t=r===null?null:Number(r);break;case Object:case Array:try{t=JSON.parse(r)}catch{t=null}}return t}},as=(r,e)=>!rl(r,e),is={attribute:!0,type:String,converter:Fr,reflect:!1,useDefault:!1,hasChanged:as};Symbol.metadata??=Symbol("metadata"),Mn.litPropertyMetadata??=new WeakMap;var qe=class extends HTMLElement{static addInitializer(e){this._$Ei(),(this.l??=[]).push(e)}static get observedAttributes(){return this.finalize(),this._$Eh&&[...this._$Eh.keys()]}static createProperty(e,t=is){if(t.state&&(t.attribute=!1),this._$Ei(),this.prototype.hasOwnProperty(e)&&((t=Object.create(t)).wrapped=!0),this.elementProperties.set(e,t),!t.noAccessor){let n=Symbol(),o=this.getPropertyDescriptor(e,n,t);o!==void 0&&ol(this.prototype,e,o)}}static getPropertyDescriptor(e,t,n){let{get:o,set:s}=sl(this.prototype,e)??{get(){return this[t]},set(i){this[t]=i}};return{get:o,set(i){let a=o?.call(this);s?.call(this,i),this.requestUpdate(e,a,n)},configurable:!0,enumerable:!0}}static getPropertyOptions(e){return this.elementProperties.get(e)??is}static _$Ei(){if(this.hasOwnProperty(Kt("elementProperties")))return;let e=ll(this);e.finalize(),e.l!==void 0&&(this.l=[...e.l]),this.elementProperties=new Map(e.elementProperties)}static finalize(){if(this.hasOwnProperty(Kt("finalized")))return;if(this.finalized=!0,this._$Ei(),this.hasOwnProperty(Kt("properties"))){let t=this.properties,n=[...il(t),...al(t)];for(let o of n)this.createProperty(o,t[o])}let e=this[Symbol.metadata];if(e!==null){let t=litPropertyMetadata.get(e);if(t!==void 0)for(let[n,o]of t)this.elementProperties.set(n,o)}this._$Eh=new Map;for(let[t,n]of this.elementProperties){let o=this._$Eu(t,n);o!==void 0&&this._$Eh.set(o,t)}this.elementStyles=this.finalizeStyles(this.styles)}static finalizeStyles(e){let t=[];if(Array.isArray(e)){let n=new Set(e.flat(1/0).reverse());for(let o of n)t.unshift(Dr(o))}else e!==void 0&&t.push(Dr(e));return t}static _$Eu(e,t){let n=t.attribute;return n===!1?void 0:typeof n=="string"?n:typeof e=="string"?e.toLowerCase():void 0}constructor(){super(),this._$Ep=void 0,this.isUpdatePending=!1,this.hasUpdated=!1,this._$Em=null,this._$Ev()}_$Ev(){this._$ES=new Promise(e=>this.enableUpdating=e),this._$AL=new Map,this._$E_(),this.requestUpdate(),this.constructor.l?.forEach(e=>e(this))}addController(e){(this._$EO??=new Set).add(e),this.renderRoot!==void 0&&this.isConnected&&e.hostConnected?.()}removeController(e){this._$EO?.delete(e)}_$E_(){let e=new Map,t=this.constructor.elementProperties;for(let n of t.keys())this.hasOwnProperty(n)&&(e.set(n,this[n]),delete this[n]);e.size>0&&(this._$Ep=e)}createRenderRoot(){let e=this.shadowRoot??this.attachShadow(this.constructor.shadowRootOptions);return os(e,this.constructor.elementStyles),e}connectedCallback(){this.renderRoot??=this.createRenderRoot(),this.enableUpdating(!0),this._$EO?.forEach(e=>e.hostConnected?.())}enableUpdating(e){}disconnectedCallback(){this._$EO?.forEach(e=>e.hostDisconnected?.())}attributeChangedCallback(e,t,n){this._$AK(e,n)}_$ET(e,t){let n=this.constructor.elementProperties.get(e),o=this.constructor._$Eu(e,n);if(o!==void 0&&n.reflect===!0){let s=(n.converter?.toAttribute!==void 0?n.converter:Fr).toAttribute(t,n.type);this._$Em=e,s==null?this.removeAttribute(o):this.setAttribute(o,s),this._$Em=null}}_$AK(e,t){let n=this.constructor,o=n._$Eh.get(e);if(o!==void 0&&this._$Em!==o){let s=n.getPropertyOptions(o),i=typeof s.converter=="function"?{fromAttribute:s.converter}:s.converter?.fromAttribute!==void 0?s.converter:Fr;this._$Em=o;let a=i.fromAttribute(t,s.type);this[o]=a??this._$Ej?.get(o)??a,this._$Em=null}}requestUpdate(e,t,n,o=!1,s){if(e!==void 0){let i=this.constructor;if(o===!1&&(s=this[e]),n??=i.getPropertyOptions(e),!((n.hasChanged??as)(s,t)||n.useDefault&&n.reflect&&s===this._$Ej?.get(e)&&!this.hasAttribute(i._$Eu(e,n))))return;this.C(e,t,n)}this.isUpdatePending===!1&&(this._$ES=this._$EP())}C(e,t,{useDefault:n,reflect:o,wrapped:s},i){n&&!(this._$Ej??=new Map).has(e)&&(this._$Ej.set(e,i??t??this[e]),s!==!0||i!==void 0)||(this._$AL.has(e)||(this.hasUpdated||n||(t=void 0),this._$AL.set(e,t)),o===!0&&this._$Em!==e&&(this._$Eq??=new Set).add(e))}async _$EP(){this.isUpdatePending=!0;try{await this._$ES}catch(t){Promise.reject(t)}let e=this.scheduleUpdate();return e!=null&&await e,!this.isUpdatePending}scheduleUpdate(){return this.performUpdate()}performUpdate(){if(!this.isUpdatePending)return;if(!this.hasUpdated){if(this.renderRoot??=this.createRenderRoot(),this._$Ep){for(let[o,s]of this._$Ep)this[o]=s;this._$Ep=void 0}let n=this.constructor.elementProperties;if(n.size>0)for(let[o,s]of n){let{wrapped:i}=s,a=this[o];i!==!0||this._$AL.has(o)||a===void 0||this.C(o,void 0,s,a)}}let e=!1,t=this._$AL;try{e=this.shouldUpdate(t),e?(this.willUpdate(t),this._$EO?.forEach(n=>n.hostUpdate?.()),this.update(t)):this._$EM()}catch(n){throw e=!1,this._$EM(),n}e&&this._$AE(t)}willUpdate(e){}_$AE(e){this._$EO?.forEach(t=>t.hostUpdated?.()),this.hasUpdated||(this.hasUpdated=!0,this.firstUpdated(e)),this.updated(e)}_$EM(){this._$AL=new Map,this.isUpdatePending=!1}get updateComplete(){return this.getUpdateComplete()}getUpdateComplete(){return this._$ES}shouldUpdate(e){return!0}update(e){this._$Eq&&=this._$Eq.forEach(t=>this._$ET(t,this[t])),this._$EM()}updated(e){}firstUpdated(e){}};qe.elementStyles=[],qe.shadowRootOptions={mode:"open"},qe[Kt("elementProperties")]=new Map,qe[Kt("finalized")]=new Map,cl?.({ReactiveElement:qe}),(Mn.reactiveElementVersions??=[]).push("2.1.2");var qr=globalThis,ls=r=>r,Nn=qr.trustedTypes,ds=Nn?Nn.createPolicy("lit-html",{createHTML:r=>r}):void 0,Kr="$lit$",Ke=`lit$${Math.random().toFixed(9).slice(2)}$`,Vr="?"+Ke,ul=`<${Vr}>`,ct=document,jt=()=>ct.createComment(""),Wt=r=>r===null||typeof r!="object"&&typeof r!="function",jr=Array.isArray,ms=r=>jr(r)||typeof r?.[Symbol.iterator]=="function",zr=`[ 	
\f\r]`,Vt=/<(?:(!--|\/[^a-zA-Z])|(\/?[a-zA-Z][^>\s]*)|(\/?$))/g,cs=/-->/g,us=/>/g,lt=RegExp(`>|${zr}(?:([^\\s"'>=/]+)(${zr}*=${zr}*(?:[^ 	
\f\r"'\`<>=]|("|')|))|$)`,"g"),fs=/'/g,hs=/"/g,gs=/^(?:script|style|textarea|title)$/i,Wr=r=>(e,...t)=>({_$litType$:r,strings:e,values:t}),f=Wr(1),he=Wr(2),Du=Wr(3),Ve=Symbol.for("lit-noChange"),g=Symbol.for("lit-nothing"),ps=new WeakMap,dt=ct.createTreeWalker(ct,129);function ys(r,e){if(!jr(r)||!r.hasOwnProperty("raw"))throw Error("invalid template strings array");return ds!==void 0?ds.createHTML(e):e}var ws=(r,e)=>{let t=r.length-1,n=[],o,s=e===2?"<svg>":e===3?"<math>":"",i=Vt;for(let a=0;a<t;a++){let l=r[a],d,c,u=-1,m=0;for(;m<l.length&&(i.lastIndex=m,c=i.exec(l),c!==null);)m=i.lastIndex,i===Vt?c[1]==="!--"?i=cs:c[1]!==void 0?i=us:c[2]!==void 0?(gs.test(c[2])&&(o=RegExp("</"+c[2],"g")),i=lt):c[3]!==void 0&&(i=lt):i===lt?c[0]===">"?(i=o??Vt,u=-1):c[1]===void 0?u=-2:(u=i.lastIndex-c[2].length,d=c[1],i=c[3]===void 0?lt:c[3]==='"'?hs:fs):i===hs||i===fs?i=lt:i===cs||i===us?i=Vt:(i=lt,o=void 0);let h=i===lt&&r[a+1].startsWith("/>")?" ":"";s+=i===Vt?l+ul:u>=0?(n.push(d),l.slice(0,u)+Kr+l.slice(u)+Ke+h):l+Ke+(u===-2?a:h)}return[ys(r,s+(r[t]||"<?>")+(e===2?"</svg>":e===3?"</math>":"")),n]},Yt=class r{constructor({strings:e,_$litType$:t},n){let o;this.parts=[];let s=0,i=0,a=e.length-1,l=this.parts,[d,c]=ws(e,t);if(this.el=r.createElement(d,n),dt.currentNode=this.el.content,t===2||t===3){let u=this.el.content.firstChild;u.replaceWith(...u.childNodes)}for(;(o=dt.nextNode())!==null&&l.length<a;){if(o.nodeType===1){if(o.hasAttributes())for(let u of o.getAttributeNames())if(u.endsWith(Kr)){let m=c[i++],h=o.getAttribute(u).split(Ke),x=/([.?@])?(.*)/.exec(m);l.push({type:1,index:s,name:x[2],strings:h,ctor:x[1]==="."?Un:x[1]==="?"?Hn:x[1]==="@"?Pn:ft}),o.removeAttribute(u)}else u.startsWith(Ke)&&(l.push({type:6,index:s}),o.removeAttribute(u));if(gs.test(o.tagName)){let u=o.textContent.split(Ke),m=u.length-1;if(m>0){o.textContent=Nn?Nn.emptyScript:"";for(let h=0;h<m;h++)o.append(u[h],jt()),dt.nextNode(),l.push({type:2,index:++s});o.append(u[m],jt())}}}else if(o.nodeType===8)if(o.data===Vr)l.push({type:2,index:s});else{let u=-1;for(;(u=o.data.indexOf(Ke,u+1))!==-1;)l.push({type:7,index:s}),u+=Ke.length-1}s++}}static createElement(e,t){let n=ct.createElement("template");return n.innerHTML=e,n}};function ut(r,e,t=r,n){if(e===Ve)return e;let o=n!==void 0?t._$Co?.[n]:t._$Cl,s=Wt(e)?void 0:e._$litDirective$;return o?.constructor!==s&&(o?._$AO?.(!1),s===void 0?o=void 0:(o=new s(r),o._$AT(r,t,n)),n!==void 0?(t._$Co??=[])[n]=o:t._$Cl=o),o!==void 0&&(e=ut(r,o._$AS(r,e.values),o,n)),e}var Ln=class{constructor(e,t){this._$AV=[],this._$AN=void 0,this._$AD=e,this._$AM=t}get parentNode(){return this._$AM.parentNode}get _$AU(){return this._$AM._$AU}u(e){let{el:{content:t},parts:n}=this._$AD,o=(e?.creationScope??ct).importNode(t,!0);dt.currentNode=o;let s=dt.nextNode(),i=0,a=0,l=n[0];for(;l!==void 0;){if(i===l.index){let d;l.type===2?d=new _t(s,s.nextSibling,this,e):l.type===1?d=new l.ctor(s,l.name,l.strings,this,e):l.type===6&&(d=new In(s,this,e)),this._$AV.push(d),l=n[++a]}i!==l?.index&&(s=dt.nextNode(),i++)}return dt.currentNode=ct,o}p(e){let t=0;for(let n of this._$AV)n!==void 0&&(n.strings!==void 0?(n._$AI(e,n,t),t+=n.strings.length-2):n._$AI(e[t])),t++}},_t=class r{get _$AU(){return this._$AM?._$AU??this._$Cv}constructor(e,t,n,o){this.type=2,this._$AH=g,this._$AN=void 0,this._$AA=e,this._$AB=t,this._$AM=n,this.options=o,this._$Cv=o?.isConnected??!0}get parentNode(){let e=this._$AA.parentNode,t=this._$AM;return t!==void 0&&e?.nodeType===11&&(e=t.parentNode),e}get startNode(){return this._$AA}get endNode(){return this._$AB}_$AI(e,t=this){e=ut(this,e,t),Wt(e)?e===g||e==null||e===""?(this._$AH!==g&&this._$AR(),this._$AH=g):e!==this._$AH&&e!==Ve&&this._(e):e._$litType$!==void 0?this.$(e):e.nodeType!==void 0?this.T(e):ms(e)?this.k(e):this._(e)}O(e){return this._$AA.parentNode.insertBefore(e,this._$AB)}T(e){this._$AH!==e&&(this._$AR(),this._$AH=this.O(e))}_(e){this._$AH!==g&&Wt(this._$AH)?this._$AA.nextSibling.data=e:this.T(ct.createTextNode(e)),this._$AH=e}$(e){let{values:t,_$litType$:n}=e,o=typeof n=="number"?this._$AC(e):(n.el===void 0&&(n.el=Yt.createElement(ys(n.h,n.h[0]),this.options)),n);if(this._$AH?._$AD===o)this._$AH.p(t);else{let s=new Ln(o,this),i=s.u(this.options);s.p(t),this.T(i),this._$AH=s}}_$AC(e){let t=ps.get(e.strings);return t===void 0&&ps.set(e.strings,t=new Yt(e)),t}k(e){jr(this._$AH)||(this._$AH=[],this._$AR());let t=this._$AH,n,o=0;for(let s of e)o===t.length?t.push(n=new r(this.O(jt()),this.O(jt()),this,this.options)):n=t[o],n._$AI(s),o++;o<t.length&&(this._$AR(n&&n._$AB.nextSibling,o),t.length=o)}_$AR(e=this._$AA.nextSibling,t){for(this._$AP?.(!1,!0,t);e!==this._$AB;){let n=ls(e).nextSibling;ls(e).remove(),e=n}}setConnected(e){this._$AM===void 0&&(this._$Cv=e,this._$AP?.(e))}},ft=class{get tagName(){return this.element.tagName}get _$AU(){return this._$AM._$AU}constructor(e,t,n,o,s){this.type=1,this._$AH=g,this._$AN=void 0,this.element=e,this.name=t,this._$AM=o,this.options=s,n.length>2||n[0]!==""||n[1]!==""?(this._$AH=Array(n.length-1).fill(new String),this.strings=n):this._$AH=g}_$AI(e,t=this,n,o){let s=this.strings,i=!1;if(s===void 0)e=ut(this,e,t,0),i=!Wt(e)||e!==this._$AH&&e!==Ve,i&&(this._$AH=e);else{let a=e,l,d;for(e=s[0],l=0;l<s.length-1;l++)d=ut(this,a[n+l],t,l),d===Ve&&(d=this._$AH[l]),i||=!Wt(d)||d!==this._$AH[l],d===g?e=g:e!==g&&(e+=(d??"")+s[l+1]),this._$AH[l]=d}i&&!o&&this.j(e)}j(e){e===g?this.element.removeAttribute(this.name):this.element.setAttribute(this.name,e??"")}},Un=class extends ft{constructor(){super(...arguments),this.type=3}j(e){this.element[this.name]=e===g?void 0:e}},Hn=class extends ft{constructor(){super(...arguments),this.type=4}j(e){this.element.toggleAttribute(this.name,!!e&&e!==g)}},Pn=class extends ft{constructor(e,t,n,o,s){super(e,t,n,o,s),this.type=5}_$AI(e,t=this){if((e=ut(this,e,t,0)??g)===Ve)return;let n=this._$AH,o=e===g&&n!==g||e.capture!==n.capture||e.once!==n.once||e.passive!==n.passive,s=e!==g&&(n===g||o);o&&this.element.removeEventListener(this.name,this,n),s&&this.element.addEventListener(this.name,this,e),this._$AH=e}handleEvent(e){typeof this._$AH=="function"?this._$AH.call(this.options?.host??this.element,e):this._$AH.handleEvent(e)}},In=class{constructor(e,t,n){this.element=e,this.type=6,this._$AN=void 0,this._$AM=t,this.options=n}get _$AU(){return this._$AM._$AU}_$AI(e){ut(this,e)}},bs={M:Kr,P:Ke,A:Vr,C:1,L:ws,R:Ln,D:ms,V:ut,I:_t,H:ft,N:Hn,U:Pn,B:Un,F:In},fl=qr.litHtmlPolyfillSupport;fl?.(Yt,_t),(qr.litHtmlVersions??=[]).push("3.3.3");var xs=(r,e,t)=>{let n=t?.renderBefore??e,o=n._$litPart$;if(o===void 0){let s=t?.renderBefore??null;n._$litPart$=o=new _t(e.insertBefore(jt(),s),s,void 0,t??{})}return o._$AI(r),o};var Yr=globalThis,Z=class extends qe{constructor(){super(...arguments),this.renderOptions={host:this},this._$Do=void 0}createRenderRoot(){let e=super.createRenderRoot();return this.renderOptions.renderBefore??=e.firstChild,e}update(e){let t=this.render();this.hasUpdated||(this.renderOptions.isConnected=this.isConnected),super.update(e),this._$Do=xs(t,this.renderRoot,this.renderOptions)}connectedCallback(){super.connectedCallback(),this._$Do?.setConnected(!0)}disconnectedCallback(){super.disconnectedCallback(),this._$Do?.setConnected(!1)}render(){return Ve}};Z._$litElement$=!0,Z.finalized=!0,Yr.litElementHydrateSupport?.({LitElement:Z});var hl=Yr.litElementPolyfillSupport;hl?.({LitElement:Z});(Yr.litElementVersions??=[]).push("4.2.2");var vs={title:r=>`Power at ${r}`,product:"Local VPP",language:"日本語",languageLabel:"日本語に切り替える",unknown:"–",loading:"Loading…",connection:{connecting:"Connecting",live:"Live",lost:r=>`Connection lost. Trying again in ${r} s`,retrying:"Connection lost. Trying again…",stale:"The values shown are from before",restricted:"Not opened as the manager",restrictedHelp:"Power and records are shown when this page is opened with the manager's address. Anyone can check the log here.",held:"No record is taken until enough witnesses have signed the log's head, as after each start. Records wait; none is lost.",setBack:"No record is taken: witnesses have signed more entries than the log has. Stop the coordinator, and put back a newer backup, or rebuild the log from a flat's copy that has them:",unreadable:(r,e)=>`The server's ${r} message cannot be read: ${e}`},alarms:{heading:"Somebody has to look",conflict:(r,e,t)=>`${r}: two different records with number ${e} were signed with its key (found ${t}). Two devices use one key.`,conflictHelp:"Nothing is taken of this flat until the copy is stopped and the manager has reinstated it. Both records are kept as evidence:",ahead:(r,e)=>`${r} has signed a log of ${e} entries, which is more than it has now. Records were removed, or an old state was restored.`,fork:r=>`${r} does not sign the newest head: it does not follow from the one it has signed. The log may have two histories.`,objectionHelp:"The flat keeps both heads as evidence. Tell the manager, and compare with the copies that other flats keep.",nextKey:"The building's next key still lies on the server.",nextKeyHelp:"As long as it does, whoever breaks in can renew the building's key. Print it or copy it away, to another place than the recovery key's sheet, and delete it from the data folder:"},now:{heading:"Now",importing:"From the grid",exporting:"To the grid",bulk:"Bulk meter",balanced:"Nothing to or from the grid",shared:"Flat to flat",sharedHelp:"What flats give and take at this moment, as far as it balances inside the building",pv:"Solar",battery:"Batteries",charging:"charging",discharging:"discharging",common:"Common parts",frequency:"Frequency",flats:"Flats",online:(r,e)=>`${r} of ${e} online`,islanded:r=>`${r} islanded`,partial:"of known flats",atLeast:r=>`≥ ${r}`,latency:"Delay (median/99%)",latencyValues:(r,e)=>`${r} / ${e}`,slot:"This slot",slotEnds:r=>`${r} left`},picture:{heading:"Power flow",label:r=>`Power flow of the building: ${r} flats, common parts, bulk meter, grid`,grid:"Grid",meter:"Bulk meter",meterSub:"of the building",common:"Common",floor:r=>`${r}F`,flat:r=>`Flat ${r}`,buying:"taking",selling:"giving",idle:"nothing either way",offline:"offline",islanded:"island",legendIn:"taking",legendOut:"giving",legendWidth:"wider means more power",legendUnknown:"unknown",choose:"Choose a flat for its details"},flat:{close:"Close",grid:"Power at the meter",load:"Use",pv:"Solar",battery:"Battery",soc:"Charge",frequency:"Frequency",registers:"Registers (taken / given)",age:"Last heard",state:"State",online:"online",offline:"offline",islanded:"running as an island",device:"Device id",fingerprint:"Key fingerprint",notEnrolled:"not enrolled",lastSlot:r=>`Last settled slot, ${r}`,imported:"Taken",exported:"Given",sharedIn:"Shared, received",sharedOut:"Shared, given",insideMoney:"Balance of sharing",gridMoney:"Balance with the grid",notInSlot:"No meter values of this flat arrived"},slots:{heading:"Settled slots",label:r=>`Energy of the last ${r} settled slots`,none:"No slot has been settled yet",shared:"Shared",fromGrid:"From grid",surplus:"Surplus",price:"Price",yenPerKwh:"yen/kWh",missing:r=>`Missing: ${r}`,loss:"Losses",common:"Common parts",ratio:"Covered inside the building",time:"Slot"},records:{heading:"Energy transfer proofs (ETP)",none:"No records yet",index:"No.",kind:"Kind",slot:"Slot",route:"Sender → receiver",to:"to",energy:"Energy",volume:"Volume",sources:"Source",frequency:"Frequency",inLog:"Log",held:"This record stands in the verified log",notHeld:"The log has another record at this number",notChecked:"Not checked yet",showAll:"Show all",showAllHelp:"Also the meter records of directions in which no energy moved",onlyEmpty:"The newest records are all of 0 Wh",verify:"Verify",verifyHelp:r=>`Check record ${r} by its proof in this browser`,kinds:{begin:"begin",interval:"meter",end:"end",tariff_change:"new tariff",exception:"meter exchanged",gap:"gap",enrol:"enrolment",rotate:"new key",revoke:"revoked",raw:"raw data",transfer:"shared",witness:"witness key",mirror:"copy key",settled:"settled",suspend:"suspended",reinstate:"reinstated",erased:"erased",supply:"gas",drill:"blackout drill",orders:"orders",book:"order book",cleared:"cleared"},parties:{building:"Building",bulk:"Bulk meter",common:"Common parts"},sourceNames:{unknown:"unknown",grid:"grid",solar:"solar",battery:"battery",vehicle:"EV",wind:"wind",fuel_cell:"fuel cell"}},log:{heading:"Check of the log",explanation:"Whether records were changed afterwards is worked out by this browser itself, from every entry, and not taken from the server.",verified:"Verified",verifiedAll:(r,e)=>`${r} entries in ${e} ms`,verifiedRest:(r,e,t)=>`${r} entries (now the last ${e}, in ${t} ms)`,verifiedSame:r=>`${r} entries, unchanged since the check before`,continues:r=>`and they continue the ${r} verified before`,waiting:"Not yet verified",checking:(r,e)=>`Verifying ${r} of ${e}`,unreachable:"Not verified: the log could not be fetched",failed:"Does not verify",failedBefore:(r,e)=>`Verification has failed ${r} times since this page was opened (last ${e})`,reasons:{format:"A file of the log is not in the form it must have.",signature:"The signature is not by the key of the building's log. Somebody poses as the server, or the key was exchanged.",key:"The key of the building's log is not the one this browser knows. This is another server, or the key was exchanged.",origin:"This is the log of another building.",shrunk:"There are fewer records than when last verified. Records were removed, or an old state was restored.",fork:"A history was signed that contradicts the one verified before. Earlier records were replaced.",entry:"A record is not the one whose hash the log's tree holds. It was changed.",root:"All records together do not make the signed value. A record was changed.",missing:"The server does not have records that it has signed for."},entry:r=>`Record concerned: number ${r}`,detail:"Details",advice:"Keep this page as it is, and compare with the building's manager and the copies that other flats keep.",origin:"Name of the log",size:"Entries",root:"Root",age:"Last signed",fingerprint:"Key of the building",fingerprintHelp:"Compare it with the one noted when your flat was enrolled",again:"Verify everything again",forget:"Drop the history verified before and start from the present log",forgetHelp:"Only when you know why the history changed, such as after a restored backup. This also removes the evidence from this browser."},witnesses:{heading:"Signed by other flats",none:"This building has no witnesses yet: the log's own signature stands alone",flats:(r,e,t)=>`${r} of ${e} flats have signed this head, ${t} needed`,outside:(r,e,t)=>`${r} of ${e} outside witnesses have signed, ${t} needed`,quorum:(r,e)=>`Quorum since ${r} for ${e} entries`,noQuorum:"No head has its quorum yet",here:"verified here",waits:r=>`The newest head has waited ${r} for more flats to sign. Your records are kept; neighbours have not confirmed them yet.`,old:(r,e)=>`No new quorum since ${r}; the newest head has waited ${e}. Too few flats are connected. Your records are kept; ask the manager if this lasts.`,wrong:r=>`A signature given out under the name of ${r} is not theirs. Keep this page as it is, and tell the manager.`,unread:r=>`Not checked here, as this page cannot compute its kind of signature: ${r}`,changed:"The list of witnesses has changed",changedHelp:"The signatures go on being counted by the list that this browser saw first, until you take the new one over.",pinned:"Known list",served:"Served now",added:"New",removed:"Gone",rekeyed:"Other key",dropped:"By the new list, nobody would have to sign.",allNamed:"The verified log itself names these flats with these keys, as when flats join or renew their keys.",unnamed:r=>`The verified log does not name these with their keys: ${r}. Take the list over only if the manager has told you why.`,accept:"Take the new list over",unreachable:"The flats' signatures could not be fetched, so they are not checked here",failed:"The list of witnesses or their signatures cannot be read, so they are not checked here",copies:"Copies in other flats",noCopies:"No flat keeps a copy yet",copiesHeld:(r,e,t)=>`${r} copies, ${e} of them with all ${t} entries`,behind:r=>`: ${r} behind`,unmirrored:r=>`For ${r} the flats have signed entries that no flat has a copy of. If the server is lost now, nothing brings the ledger back: see that a flat with a copy is connected and its disk is not full.`,comma:", "},proof:{heading:"Verify my proof",explanation:"Checks one energy transfer proof (ETP) with its two files. Nothing is uploaded: the files are read and checked in this browser only.",choose:"Choose or drop both files",chooseWhich:"the record (.etp) and its proof (.tlog-proof)",missingRecord:"The record (.etp) is still missing",missingProof:"The proof (.tlog-proof) is still missing",proven:"The record is proven",refused:"The record is not proven",outcomes:{passed:"passed",failed:"failed",open:"not known"},steps:{record:"The record is whole and in its one form",body:"Its content is what the signed envelope commits to",building:"It is meant for this building",proof:"The proof is in its one form",head:"The building's log has signed the proof's head",place:"The record stands in the log under that head",device:"The device's own key, as the log names it, has signed the record",witnesses:"Enough other flats have signed the head",here:"The log verified in this browser has the same record there",browser:"The browser's own cryptography (WebCrypto) comes to the same result"},reasons:{encoding:"The file is not a record, is cut off, or was changed.",field:"A field says what no record says, or is missing.",commitment:"The content is another than what was signed. It was changed afterwards.",otherBuilding:"It belongs to another building.",format:"The file is not a proof, is cut off, or was changed.",signature:"The signature is not by the key of this building's log.",origin:"The proof is of another building's log.",beyond:"The proof names a number that its head does not reach.",pathLength:"The proof has more or fewer steps than lead to the head.",path:"The record does not lead to the signed head: it, or the proof, was changed, or they do not belong together.",noKey:"The log names no key of this device before this place.",otherKey:"It was signed with another key than the device had at this place of the log.",notSigned:"The signature is not by the device's key. The record was changed, or somebody else wrote it.",keysUnread:"Not checked: this browser has not verified the log so far yet.",wrongWitness:"A signature is wrong, under the name of:",tooFew:"Too few had signed when the proof was written, or more flats have joined since. Download the proof again.",policyChanged:"Not enough by the list of witnesses that this browser knows. The building serves another one now: see the change under 'Signed by other flats'.",noWitnesses:"This building has no witnesses yet.",noPolicy:"The list of witnesses could not be read, so their signatures were not checked.",otherRecord:"The log has another record at this number.",notRemembered:"Not compared: this browser remembers the newest 1,024 records.",notSecure:"Not checked again: browsers offer WebCrypto on https only. The steps above do not need it: the page computes them itself.",noEd25519:"Not checked again: this browser's WebCrypto does not know Ed25519. The steps above do not need it: the page computes them itself.",before:"Not checked, as an earlier step has failed."},place:(r,e)=>`Number ${r} of ${e} entries (counted from 0)`,flats:(r,e,t)=>`${r} of ${e} flats, ${t} needed`,stop:". ",troubles:{notKnown:"The building's key is not known yet, as the server has not answered. Try again when the page is connected.",tooLarge:"The file is far too large for a record or a proof.",unreadable:"The file cannot be read. Was it moved, or is it a folder?",erased:"The content of this record was erased on request. Its place in the log remains.",unreachable:"The record or its proof could not be fetched. Try again when the page is connected."},says:"What the record says",saysUnproven:"As it stands in the file; it is not proven.",time:"Time",from:"From",to:"To",imported:"Import register",exported:"Export register",meter:"Meter",drillLevel:"Drill level",drillReport:"Report (SHA-256)",document:"Document (SHA-256)",remarks:"Remarks",meterStatus:["","meter did not answer","meter exchanged","meter read with an error"],errorFlags:["energy not for billing","time not for billing","cut off from the grid"],signedBy:"Written by"},blackout:{heading:"Ready for a blackout",grid:"Grid at the bulk meter",grids:{good:"good",doubtful:"unsteady",gone:"gone",unknown:"unknown"},islanded:"On their own",connected:"On the grid",unknownFlats:"Unknown",safe:(r,e)=>`Acknowledged ${r} / ${e} flats`,flatStates:{islanded:"on its own",connected:"on the grid",unknown:"unknown"},isSafe:"acknowledged",none:"No drill was held yet.",plan:{heading:"Plan a drill",level:"Level",levels:{l1:"L1 roll-call alone, nobody is separated",l2:"L2 a short island",l3:"L3 an island under load",l4:"L4 an island deep into the battery"},length:"Island of each flat (min)",notice:"Notice (min)",submit:"Plan",start:"Announce it to all flats and begin",sure:"Really begin?",again:"Plan anew",planned:(r,e)=>`At most ${r} at once, contract demand ${e}. The order is drawn by lot, and each flat may refuse with a reason.`,plannedRollCall:"Nobody is separated: all flats are told, and their answers are awaited."},stages:{planned:"Planned",announced:"Announced",running:"Going on",ended:"Over"},first:r=>`No flat is called before ${r}`,counts:(r,e,t,n)=>`${r} done, ${e} under way, ${t} refused, ${n} waiting`,against:{event:"Nobody is called near a demand response event or the peak.",demand_unknown:"Nobody is called while the bulk meter cannot be read.",full:"As many flats are under way as may be.",contract:"The contract demand has no room for one more now.",line:"A line of the building has no room for one more now.",nobody:"No flat can be called now."},stop:"Stop the drill",stopSure:"Really stop?",ended:{done:"Every flat had its turn.",stopped:"The manager has stopped it.",time:"It ran out of time.",warning:"It ended because a warning is in force.",outage:"It ended because the grid really went away.",restarted:"It ended because the coordinator stopped. Flats return to the grid by themselves."},measured:(r,e,t,n)=>`${r} at once at most (limit ${e}), ${t} drawn at most (contract ${n})`,report:"Report (JSON)",sheet:r=>`Report (PDF, ${r})`,languages:{ja:"Japanese",en:"English"},logged:"A record in the log names the report.",rollCall:{heading:"Roll-call",inTime:(r,e)=>`${r} of ${e} flats within 10 minutes`,flat:"Flat",notified:"Told",acknowledged:"Acknowledged",turn:"Drill",after:(r,e)=>`${r} (${e})`,tick:"Tick off",manager:"manager",stages:{waiting:"waiting",called:"called",out:"under way",home:"home",refused:"refused"},passed:"passed",failed:"not passed",report:"report",gap:(r,e)=>`dark for ≤ ${r} s, sampled each ${e} s`},reasons:{not_connected:"not on the grid",not_possible:"its devices cannot be asked",grid_not_steady:"the grid is not steady",battery_low:"too little charge",battery_unknown:"charge unknown",endurance:"the battery would not last",warning:"a warning is in force",too_soon:"too soon after the last drill",too_long:"too long",not_attended:"nobody has acknowledged it",medical:"a medical device",overloaded:"overloaded",too_many:"separated too often",stale:"old readings",busy:"in another drill",failed_before:"the last one failed, unseen",seen:"the same call again",expired:"the call came too late",early:"a clock is wrong",too_lasting:"the call holds too long",declined:"a resident refuses",not_set_up:"not set up for blackouts"},refused:r=>`That was refused: ${r}`},lasting:{minutes:r=>`${r} min`,hours:r=>`${r} h`,days:r=>`${r} days`},age:{seconds:r=>`${r} s ago`,minutes:r=>`${r} min ago`,hours:r=>`${r} h ago`,days:r=>`${r} days ago`},duration:(r,e)=>`${r} min ${e} s`,yen:"yen"};var Gt=class{constructor(e,t){this.language=e;this.messages=t;this.clock=new Intl.DateTimeFormat(e,{hour:"2-digit",minute:"2-digit",hourCycle:"h23"}),this.day=new Intl.DateTimeFormat(e,{month:"numeric",day:"numeric"})}number(e,t=0){return e===null?this.messages.unknown:(Number(e.toFixed(t))+0).toLocaleString(this.language,{minimumFractionDigits:t,maximumFractionDigits:t})}power(e){return this.scaled(e,"W")}shortPower(e){return e===null||Math.abs(e)<999.5?this.power(e):`${this.number(Math.abs(e)/1e3,1)} kW`}energy(e){return this.scaled(e,"Wh")}litres(e){return`${this.number(e)} L`}wattHours(e){return`${this.number(e)} Wh`}scaled(e,t){if(e===null)return this.messages.unknown;let n=Math.abs(e);return n<999.5?`${this.number(n)} ${t}`:`${this.number(n/1e3,n<9995?2:1)} k${t}`}frequency(e){return e===null?this.messages.unknown:`${this.number(e,2)} Hz`}percent(e){return e===null?this.messages.unknown:`${this.number(e)} %`}milliseconds(e){return e===null?this.messages.unknown:`${this.number(e)} ms`}money(e){if(e===null)return this.messages.unknown;let t=this.number(Math.abs(e)/1e5,2);return`${Number((e/1e5).toFixed(2))===0?"":e<0?"−":"+"}${t} ${this.messages.yen}`}price(e){return e===null?this.messages.unknown:`${this.number(e/100,2)} ${this.messages.slots.yenPerKwh}`}time(e){return this.clock.format(e)}moment(e,t){let n=this.day.format(e);return n===this.day.format(t)?this.time(e):`${n} ${this.time(e)}`}slot(e,t,n){return`${this.moment(e*1e3,n)}–${this.time((e+t)*1e3)}`}period(e,t){let n=new Intl.DateTimeFormat(this.language,{dateStyle:"medium"}),o=new Intl.DateTimeFormat(this.language,{timeStyle:"medium",hourCycle:"h23"}),[s,i]=[n.format(e),n.format(t)];return`${s} ${o.format(e)}–${s===i?"":`${i} `}${o.format(t)}`}lasting(e){let{lasting:t}=this.messages,n=Math.max(1,Math.floor(e/6e4));return n<120?t.minutes(this.number(n)):n<2880?t.hours(this.number(n/60)):t.days(this.number(n/1440))}age(e){if(e===null)return this.messages.unknown;let{age:t}=this.messages,n=Math.max(0,e/1e3);return n<9.95?t.seconds(this.number(n,1)):n<99.5?t.seconds(this.number(n)):n<99.5*60?t.minutes(this.number(n/60)):n<48*3600?t.hours(this.number(n/3600)):t.days(this.number(n/86400))}};var $s={title:r=>`${r}の電力`,product:"Local VPP",language:"English",languageLabel:"Switch to English",unknown:"–",loading:"読み込み中…",connection:{connecting:"接続中",live:"ライブ",lost:r=>`接続が切れました。${r} 秒後に再接続します`,retrying:"接続が切れました。再接続しています…",stale:"表示は切断前の値です",restricted:"管理者として開いていません",restrictedHelp:"電力の状態と記録は、管理者用のアドレスから開くと表示されます。ログの検証はどなたでもこの画面でできます。",held:"起動後は毎回、必要な数の証人がログの先頭に署名するまで、記録を受け付けません。記録は待機しており、失われません。",setBack:"証人が、いまのログより多い件数に署名済みのため、記録を受け付けていません。コーディネーターを止め、より新しいバックアップに戻すか、その件数を持つ住戸の写し(ミラー)からログを再建してください:",unreadable:(r,e)=>`サーバーからの ${r} を読み取れません: ${e}`},alarms:{heading:"確認が必要です",conflict:(r,e,t)=>`${r}の鍵で、番号 ${e} の記録が 2 通り署名されました(${t} に検出)。1 つの鍵を 2 台の機器が使っています。`,conflictHelp:"複製された側を止め、管理者が再開するまで、この住戸の記録は受け付けません。両方の記録を証拠として保管しています:",ahead:(r,e)=>`${r}は、いまのログより長い ${e} 件のログに署名済みです。記録が消されたか、古い状態に戻されています。`,fork:r=>`${r}は、最新の状態が署名済みの状態の続きではないとして、署名を拒んでいます。ログの履歴が 2 通りあるおそれがあります。`,objectionHelp:"両方の状態は、この住戸が証拠として保管しています。管理者に連絡し、ほかの住戸の記録(ミラー)と照合してください。",nextKey:"建物の次の鍵が、まだサーバーに置かれています。",nextKeyHelp:"置かれている間は、侵入者が建物の鍵を更新できてしまいます。印刷するか、復旧鍵の控えとは別の場所に写し、データフォルダーから削除してください:"},now:{heading:"現在",importing:"系統から受電",exporting:"系統へ逆潮流",bulk:"受電点",balanced:"系統との授受なし",shared:"住戸間の融通",sharedHelp:"いま住戸が出している電力と使っている電力のうち、建物の中で釣り合っている分",pv:"太陽光",battery:"蓄電池",charging:"充電",discharging:"放電",common:"共用部",frequency:"周波数",flats:"住戸",online:(r,e)=>`${r} / ${e} 戸 受信中`,islanded:r=>`${r} 戸が自立運転`,partial:"届いた値の合計",atLeast:r=>`${r} 以上`,latency:"計測遅延(中央/99%)",latencyValues:(r,e)=>`${r} / ${e}`,slot:"このコマ",slotEnds:r=>`残り ${r}`},picture:{heading:"電力の流れ",label:r=>`建物の電力の流れ。住戸 ${r} 戸、共用部、受電点、系統`,grid:"系統",meter:"受電点",meterSub:"一括受電計量",common:"共用部",floor:r=>`${r}F`,flat:r=>`${r} 号室`,buying:"受電",selling:"送り出し",idle:"授受なし",offline:"通信なし",islanded:"自立",legendIn:"使う向き",legendOut:"送り出す向き",legendWidth:"線の太さは電力の大きさ",legendUnknown:"不明",choose:"住戸を選ぶと詳細を表示します"},flat:{close:"閉じる",grid:"受電点の電力",load:"使用電力",pv:"太陽光",battery:"蓄電池",soc:"充電率",frequency:"周波数",registers:"計量値(受電 / 送り出し)",age:"最終受信",state:"状態",online:"受信中",offline:"通信なし",islanded:"自立運転中",device:"機器 ID",fingerprint:"鍵の照合番号",notEnrolled:"未登録",lastSlot:r=>`前回精算したコマ ${r}`,imported:"受電",exported:"送り出し",sharedIn:"融通で受けた",sharedOut:"融通で渡した",insideMoney:"融通の収支",gridMoney:"系統分の収支",notInSlot:"この住戸の計量値は届いていません"},slots:{heading:"精算済みのコマ",label:r=>`精算済みの直近 ${r} コマの電力量`,none:"精算済みのコマはまだありません",shared:"融通",fromGrid:"系統から",surplus:"余剰",price:"融通単価",yenPerKwh:"円/kWh",missing:r=>`未着: ${r}`,loss:"損失",common:"共用部",ratio:"建物内でまかなった割合",time:"コマ"},records:{heading:"電力移動証明(ETP)",none:"記録はまだありません",index:"番号",kind:"種別",slot:"コマ",route:"送り手 → 受け手",to:"から",energy:"電力量",volume:"体積",sources:"由来",frequency:"周波数",inLog:"ログ",held:"この記録は、検証したログに載っています",notHeld:"この番号のログには別の記録が載っています",notChecked:"まだ照合していません",showAll:"すべて表示",showAllHelp:"電力の動きがなかった向きの計量記録(0 Wh)も表示します",onlyEmpty:"直近の記録はすべて 0 Wh です",verify:"検証",verifyHelp:r=>`番号 ${r} の記録を、証明を使ってこのブラウザーで検証します`,kinds:{begin:"開始",interval:"計量",end:"終了",tariff_change:"単価変更",exception:"メーター交換",gap:"欠測",enrol:"登録",rotate:"鍵更新",revoke:"失効",raw:"生データ",transfer:"融通",witness:"連署鍵",mirror:"ミラー鍵",settled:"精算",suspend:"停止",reinstate:"再開",erased:"消去",supply:"ガス",drill:"停電訓練",orders:"注文",book:"注文板",cleared:"約定"},parties:{building:"建物",bulk:"受電点",common:"共用部"},sourceNames:{unknown:"不明",grid:"系統",solar:"太陽光",battery:"蓄電池",vehicle:"EV",wind:"風力",fuel_cell:"燃料電池"}},log:{heading:"記録の検証",explanation:"記録が後から書き換えられていないことを、サーバーの言い分によらず、このブラウザーが全件から計算し直して確かめます。",verified:"検証済み",verifiedAll:(r,e)=>`${r} 件を ${e} ms で検証`,verifiedRest:(r,e,t)=>`${r} 件(今回は末尾の ${e} 件を ${t} ms で検証)`,verifiedSame:r=>`${r} 件。前回の検証から変わりありません`,continues:r=>`前に確かめた ${r} 件の続きであることも確認`,waiting:"検証前",checking:(r,e)=>`検証中 ${r} / ${e} 件`,unreachable:"ログを取得できないため、検証できていません",failed:"検証に失敗しました",failedBefore:(r,e)=>`この画面を開いてから ${r} 回、検証に失敗しています(最後 ${e})`,reasons:{format:"ログのファイルが決められた形式になっていません。",signature:"署名が建物のログの鍵によるものではありません。サーバーになりすました者がいるか、鍵が入れ替わっています。",key:"建物のログの鍵が、このブラウザーが前に見た鍵と違います。別のサーバーにつながっているか、鍵が入れ替わっています。",origin:"別の建物のログが送られてきました。",shrunk:"記録の件数が、前に確かめたときより減っています。記録が消されたか、古い状態に戻されています。",fork:"前に確かめた記録と食い違う履歴に署名されています。過去の記録が差し替えられています。",entry:"記録の中身が、ログの木に残されたハッシュと一致しません。記録が書き換えられています。",root:"全件から計算した値が、署名された値と一致しません。記録が書き換えられています。",missing:"署名されているはずの記録がサーバーにありません。"},entry:r=>`該当する記録: 番号 ${r}`,detail:"詳しい内容",advice:"この画面を保存し、建物の管理者とほかの住戸の記録(ミラー)で照合してください。",origin:"ログの名前",size:"件数",root:"ルート",age:"最新の署名",fingerprint:"建物の鍵",fingerprintHelp:"登録時に各戸で控えた番号と同じかを見比べてください",again:"全件を検証し直す",forget:"前に確かめた履歴を破棄し、いまのログを基準にする",forgetHelp:"バックアップからの復元など、履歴が変わった理由が分かっている場合だけ使ってください。破棄すると、食い違いの証拠もこのブラウザーから消えます。"},witnesses:{heading:"ほかの住戸の連署",none:"この建物には連署する住戸がまだありません。署名はログ自身のものだけです",flats:(r,e,t)=>`最新の状態に ${e} 戸中 ${r} 戸が連署(必要数 ${t} 戸)`,outside:(r,e,t)=>`外部の連署者 ${e} 者中 ${r} 者が連署(必要数 ${t} 者)`,quorum:(r,e)=>`${r} に ${e} 件までの連署が定足数に到達`,noQuorum:"連署が定足数に達した状態はまだありません",here:"この画面で検証済み",waits:r=>`最新の状態への連署が、${r}にわたって定足数に達していません。記録は保存されていますが、ほかの住戸による確認はまだです。`,old:(r,e)=>`${r} を最後に、連署が定足数に達していません(最新の状態は ${e}待ち)。つながっている住戸が足りません。記録は保存されています。続くようなら管理者に連絡してください。`,wrong:r=>`${r}の名で示された連署が、本人の署名ではありません。この画面を残したまま、管理者に連絡してください。`,unread:r=>`この画面では計算できない方式の署名のため、未検証: ${r}`,changed:"連署者の一覧が変わりました",changedHelp:"新しい一覧に切り替えるまで、このブラウザーが最初に受け取った一覧を基準に、連署を数えます。",pinned:"これまでの一覧",served:"いま届いている一覧",added:"追加",removed:"削除",rekeyed:"鍵の変更",dropped:"新しい一覧では、誰の連署も必要とされません。",allNamed:"これらの住戸と鍵は、検証済みのログにも登録されています(住戸の追加や鍵の更新のときの変化です)。",unnamed:r=>`検証済みのログに登録されていない鍵があります: ${r}。管理者から理由を聞いていない限り、切り替えないでください。`,accept:"新しい一覧に切り替える",unreachable:"連署を取得できないため、この画面では検証できていません",failed:"連署者の一覧または連署を読み取れないため、この画面では検証できていません",copies:"ほかの住戸にあるミラー(複製)",noCopies:"ミラーを持つ住戸はまだありません",copiesHeld:(r,e,t)=>`ミラー ${r} か所、うち ${e} か所が全 ${t} 件を保持`,behind:r=>`: ${r} 件遅れ`,unmirrored:r=>`${r}前から、連署済みなのにどの住戸にもミラーがない記録があります。いまサーバーが失われると台帳は復旧できません。ミラーを持つ住戸が接続していること、ディスクに空きがあることを確認してください。`,comma:"、"},proof:{heading:"自分の証明を検証する",explanation:"電力移動証明(ETP)1 件を、2 つのファイルから検証します。ファイルはどこにも送信されません。読み取りも検証もこのブラウザーの中だけで行います。",choose:"2 つのファイルを選ぶか、ここにドロップ",chooseWhich:"記録(.etp)とその証明(.tlog-proof)",missingRecord:"記録(.etp)も選んでください",missingProof:"証明(.tlog-proof)も選んでください",proven:"この記録は証明されています",refused:"この記録は証明されていません",outcomes:{passed:"合格",failed:"不合格",open:"未確認"},steps:{record:"記録が欠けておらず、決められた形式である",body:"内容が、署名済みのコミットメント(ハッシュ値)と一致する",building:"この建物あての記録である",proof:"証明が決められた形式である",head:"証明にあるログの状態に、建物のログの署名がある",place:"記録がそのログに載っている",device:"ログに登録されたこの機器の鍵で、記録に署名されている",witnesses:"必要な数の住戸が連署している",here:"このブラウザーで検証したログの同じ番号に、同じ記録がある",browser:"ブラウザー内蔵の暗号機能(WebCrypto)で再計算しても、結果が一致する"},reasons:{encoding:"記録のファイルではないか、途中で切れているか、書き換えられています。",field:"記録にあるはずのない値があるか、必要な項目がありません。",commitment:"内容が署名されたものと異なります。後から書き換えられています。",otherBuilding:"別の建物の記録です。",format:"証明のファイルではないか、途中で切れているか、書き換えられています。",signature:"署名が、この建物のログの鍵によるものではありません。",origin:"別の建物のログの証明です。",beyond:"証明の番号が、署名された件数を超えています。",pathLength:"証明の段数が、ログの件数と合いません。",path:"記録から計算した値が、署名された値と一致しません。記録か証明が書き換えられているか、組み合わせが違います。",noKey:"この位置より前のログに、この機器の鍵が登録されていません。",otherKey:"ログのこの位置で機器が使っていた鍵とは、別の鍵で署名されています。",notSigned:"署名が機器の鍵によるものではありません。記録が書き換えられているか、別の者が作成しています。",keysUnread:"このブラウザーでの検証がログのこの位置まで進んでいないため、確認していません。",wrongWitness:"次の名の連署が正しくありません:",tooFew:"証明を作った時点で連署が足りなかったか、その後に住戸が増えています。証明をダウンロードし直してください。",policyChanged:"このブラウザーが知っている連署者の一覧では、連署が足りません。建物からは別の一覧が届いています。「ほかの住戸の連署」で変更点を確認してください。",noWitnesses:"この建物には連署する住戸がまだありません。",noPolicy:"連署者の一覧を読み取れないため、連署は検証していません。",otherRecord:"ログのこの番号には別の記録が載っています。",notRemembered:"照合していません(このブラウザーが覚えているのは直近 1,024 件です)。",notSecure:"WebCrypto は https で開いたときにしか使えないため、再計算していません。上の各段階はページ自身が計算しており、WebCrypto を必要としません。",noEd25519:"このブラウザーの WebCrypto が Ed25519 に対応していないため、再計算していません。上の各段階はページ自身が計算しており、WebCrypto を必要としません。",before:"前の段階が不合格のため、確認していません。"},place:(r,e)=>`番号 ${r}(0 から数えて)/ 全 ${e} 件`,flats:(r,e,t)=>`${e} 戸中 ${r} 戸(必要数 ${t} 戸)`,stop:"。",troubles:{notKnown:"サーバーから応答がなく、建物の鍵がまだ分かりません。接続されてからもう一度お試しください。",tooLarge:"記録や証明としては大きすぎるファイルです。",unreadable:"ファイルを読み取れません。移動されたか、フォルダーではありませんか。",erased:"この記録の内容は、請求により消去されています。ログ上の位置は残っています。",unreachable:"記録または証明を取得できません。接続されてからもう一度お試しください。"},says:"記録の内容",saysUnproven:"ファイルに書かれているままの値で、証明されたものではありません。",time:"時間",from:"送り手",to:"受け手",imported:"受電の計量値",exported:"送り出しの計量値",meter:"メーター",drillLevel:"訓練の区分",drillReport:"報告書（SHA-256）",document:"文書（SHA-256）",remarks:"備考",meterStatus:["","メーター応答なし","メーター交換","メーター読み取り異常"],errorFlags:["電力量は精算対象外","時刻は精算対象外","自立運転を含む"],signedBy:"作成した機器"},blackout:{heading:"停電への備え",grid:"受電点の系統",grids:{good:"正常",doubtful:"不安定",gone:"停電",unknown:"不明"},islanded:"自立運転",connected:"系統に接続",unknownFlats:"不明",safe:(r,e)=>`安否確認 ${r} / ${e} 戸`,flatStates:{islanded:"自立運転",connected:"系統に接続",unknown:"不明"},isSafe:"確認済み",none:"訓練はまだ行われていません。",plan:{heading:"訓練の計画",level:"区分",levels:{l1:"L1 安否確認のみ(切り離しなし)",l2:"L2 短時間の自立運転",l3:"L3 負荷をかけた自立運転",l4:"L4 蓄電池を深く使う自立運転"},length:"各戸の自立運転(分)",notice:"予告(分)",submit:"計画する",start:"全戸に予告して始める",sure:"本当に始めますか",again:"計画し直す",planned:(r,e)=>`同時に動くのは最大 ${r} 戸、契約電力 ${e}。順番は抽選で決まり、各戸は理由を添えて断れます。`,plannedRollCall:"どの住戸も切り離しません。全戸に知らせ、確認を待ちます。"},stages:{planned:"計画済み",announced:"予告中",running:"実施中",ended:"終了"},first:r=>`最初の呼び出しは ${r} 以降`,counts:(r,e,t,n)=>`完了 ${r}・実施中 ${e}・辞退 ${t}・待機 ${n}`,against:{event:"デマンドレスポンスまたはピークの前後のため、呼び出しを待っています。",demand_unknown:"受電点のメーターが読めないため、呼び出しを待っています。",full:"同時に動ける戸数に達しているため、待っています。",contract:"契約電力に余裕がないため、呼び出しを待っています。",line:"幹線の容量に余裕がないため、呼び出しを待っています。",nobody:"いま呼び出せる住戸がないため、待っています。"},stop:"訓練を中止する",stopSure:"本当に中止しますか",ended:{done:"全戸の番が終わりました。",stopped:"管理者が中止しました。",time:"時間切れで終わりました。",warning:"気象警報などのため終わりました。",outage:"実際の停電に切り替わったため終わりました。",restarted:"コーディネーターが止まったため終わりました。住戸は自分で系統に戻ります。"},measured:(r,e,t,n)=>`同時に動いた最大 ${r} 戸(上限 ${e})、最大受電 ${t}(契約 ${n})`,report:"報告書(JSON)",sheet:r=>`報告書(PDF・${r})`,languages:{ja:"日本語",en:"英語"},logged:"報告書の記録がログにあります。",rollCall:{heading:"点呼",inTime:(r,e)=>`10 分以内に ${r} / ${e} 戸`,flat:"住戸",notified:"通知",acknowledged:"確認",turn:"訓練",after:(r,e)=>`${r}(${e})`,tick:"確認済みにする",manager:"管理者",stages:{waiting:"待機",called:"呼び出し中",out:"実施中",home:"復帰",refused:"辞退"},passed:"合格",failed:"不合格",report:"報告",gap:(r,e)=>`停電 ${r} 秒以下(${e} 秒ごとに計測)`},reasons:{not_connected:"系統に接続していない",not_possible:"機器を切り離せない",grid_not_steady:"系統が安定していない",battery_low:"蓄電池の残量不足",battery_unknown:"蓄電池の残量不明",endurance:"持続時間の不足",warning:"警報が発令中",too_soon:"前回の訓練から間がない",too_long:"長すぎる",not_attended:"立会いの確認がない",medical:"医療機器がある",overloaded:"過負荷",too_many:"切り離しの回数が多い",stale:"計測値が古い",busy:"別の訓練中",failed_before:"前回の不合格が未確認",seen:"同じ呼び出しの繰り返し",expired:"呼び出しの期限切れ",early:"時計のずれ",too_lasting:"期限が長すぎる",declined:"居住者の都合",not_set_up:"停電対応の設定がない"},refused:r=>`できませんでした: ${r}`},lasting:{minutes:r=>`${r} 分`,hours:r=>`${r} 時間`,days:r=>`${r} 日`},age:{seconds:r=>`${r} 秒前`,minutes:r=>`${r} 分前`,hours:r=>`${r} 時間前`,days:r=>`${r} 日前`},duration:(r,e)=>`${r} 分 ${e} 秒`,yen:"円"};var ks="local-vpp.language",pl={ja:$s,en:vs};function ml(r,e){return r==="ja"||r==="en"?r:e.map(n=>n.slice(0,2)).find(n=>n==="ja"||n==="en")==="en"?"en":"ja"}var Gr=class extends EventTarget{constructor(){super(...arguments);this.language=ml(gl(),navigator.languages)}get messages(){return pl[this.language]}change(t){this.language=t,document.documentElement.lang=t;try{localStorage.setItem(ks,t)}catch{}this.dispatchEvent(new Event("change"))}};function gl(){try{return localStorage.getItem(ks)}catch{return null}}var _e=new Gr,re=class{constructor(e){this.host=e;this.format=new Gt(_e.language,_e.messages);this.changed=()=>this.host.requestUpdate();e.addController(this)}get t(){return _e.messages}get f(){return this.format.language!==_e.language&&(this.format=new Gt(_e.language,_e.messages)),this.format}hostConnected(){_e.addEventListener("change",this.changed)}hostDisconnected(){_e.removeEventListener("change",this.changed)}};var v=class extends Error{constructor(t,n,o=null){super(n);this.code=t;this.index=o;this.name="LogError"}},ke=class extends Error{constructor(){super(...arguments);this.name="UnreachableError"}},Re=class extends Error{constructor(){super(...arguments);this.name="NoSuchFileError"}};var Ne=class extends Error{constructor(){super(...arguments);this.name="DecodeError"}},I=(r,e)=>{if(typeof r!="string")throw pt(r,e,"a text");return r},Tt=(r,e)=>{if(typeof r!="boolean")throw pt(r,e,"true or false");return r},G=(r,e)=>{if(typeof r!="number"||!Number.isFinite(r))throw pt(r,e,"a number");return r},de=(r,e)=>{if(!Number.isSafeInteger(r))throw pt(r,e,"an integer");return r},ce=(r,e)=>{if(de(r,e)<0)throw pt(r,e,"an integer from 0");return r};function A(r){return(e,t)=>e===null?null:r(e,t)}var Es=new WeakSet;function ve(r){let e=(t,n)=>t==null?null:r(t,n);return Es.add(e),e}function Be(r){return(e,t)=>{if(!Array.isArray(e))throw pt(e,t,"a list");return e.map((n,o)=>r(n,`${t}[${o}]`))}}function Ss(r){return(e,t)=>{let n=Object.entries(_s(e,t));return Object.fromEntries(n.map(([o,s])=>[o,r(s,`${t}.${o}`)]))}}function ge(r){let e=Object.keys(r);return(t,n)=>{let o=_s(t,n),s={};for(let i of e){if(!(i in o)&&!Es.has(r[i]))throw new Ne(`${n}.${i} is missing`);s[i]=r[i](o[i],`${n}.${i}`)}return s}}function ht(r,e,t){let n;try{n=JSON.parse(e)}catch{throw new Ne(`${t} is not JSON`)}return r(n,t)}function _s(r,e){if(typeof r!="object"||r===null||Array.isArray(r))throw pt(r,e,"an object");return r}function pt(r,e,t){let n=r===void 0?"nothing":JSON.stringify(r).slice(0,60);return new Ne(`${e} is ${n}, expected ${t}`)}var je=class extends Error{constructor(){super(...arguments);this.name="ForbiddenError"}};async function Fn(r,e){let t=await zn(r,"default");if(t.status===401||t.status===403)throw new je(`${r}: ${t.status}`);if(!t.ok)throw new ke(`${r}: HTTP ${t.status}`);return ht(e,await t.text(),r)}var Zt=class extends Error{constructor(){super(...arguments);this.name="RefusedError"}};async function Ts(r,e){let t=await zn(r,"no-store",{method:"POST",body:JSON.stringify(e),headers:{Accept:"*/*","Content-Type":"application/json"}});if(t.ok)return;let n=await t.json().catch(()=>null),o=ge({error:ge({message:I})}),s=`HTTP ${t.status}`;try{({message:s}=o(n,r).error)}catch(i){if(!(i instanceof Ne))throw i}throw new Zt(s)}async function Zr(r){let e=await zn(r,"no-store");if(e.status===401||e.status===403)throw new je(`${r}: ${e.status}`);return As(e,r)}var Dn=class{async read(e){let t=await zn(`log/${e}`,"no-store");return As(t,`log/${e}`)}};async function As(r,e){if(r.status===404||r.status===410)throw new Re(e);if(!r.ok)throw new ke(`${e}: HTTP ${r.status}`);return new Uint8Array(await r.arrayBuffer())}async function zn(r,e,t={}){try{return await fetch(r,{cache:e,headers:{Accept:"*/*"},signal:AbortSignal.timeout(2e4),...t})}catch(n){throw new ke(`${r}: ${n instanceof Error?n.message:String(n)}`)}}var Rs=ge({name:I,origin:I,version:I,fingerprint:I,log_key:I,slot_seconds:ce}),yl=ge({flat:I,device:A(I),online:Tt,age_ms:A(G),grid_w:A(G),pv_w:A(G),battery_w:A(G),soc:A(G),frequency_hz:A(G),import_wh:A(de),export_wh:A(de),islanded:A(Tt),fingerprint:A(I)}),Bs=ge({flat:A(I),size:ce,signed_ms:G}),wl=ge({witness:I,kind:I,size:A(ce)}),Os={cosigners:ve(ce),witnesses:ve(ce),needed:ve(ce),quorum_size:ve(ce),quorum_ms:ve(G),objections:ve(Be(wl)),unmirrored_ms:ve(G)},bl=ge({flat:A(I),seq:ce,seen_ms:G,hash:I,suspended:Tt}),xl=ge({flat:I,stage:I,notified_ms:A(G),acknowledged_ms:A(G),acknowledged_after_s:A(ce),acknowledged_by:A(I),called_ms:A(G),reasons:Be(I),words:A(I),phase:A(I),ended_ms:A(G),passed:A(Tt),aborted:A(I),transfer:A(I),report:A(I)}),vl=ge({drill:I,level:I,length_s:ce,stage:I,announced_ms:A(G),first_ms:A(G),until_ms:A(G),ended_ms:A(G),ended:A(I),most:ce,limit_w:A(G),most_seen:ce,demand_seen_w:A(G),record:A(I),against:A(I),notified:ce,acknowledged:ce,acknowledged_in_time:ce,flats:Be(xl)}),$l=ge({grid:I,islanded:ce,connected:ce,unknown:ce,drill:A(vl)}),Cs=ge({time_ms:G,building:ge({bulk_w:A(G),common_w:A(G),frequency_hz:A(G),import_wh:A(de),export_wh:A(de)}),flats:Be(yl),latency_ms:A(ge({p50:A(G),p99:A(G),frames:ce})),log:ve(ge({...Os,held:ve(I)})),conflicts:ve(Be(bl)),mirrors:ve(Be(Bs)),next_key_here:ve(Tt),blackout:ve($l)}),kl=ge({index:ce,hash:I,time_ms:G,device:I,flat:A(I),kind:I,slot:de,seq:ce,sender:A(I),receiver:A(I),energy_wh:A(de),sources:A(Ss(de)),frequency_hz:A(G),start_ms:A(G),end_ms:A(G)}),qn=Be(kl),Ms=ge({size:ce,root:I,origin:I,checkpoint:I,time_ms:A(G),mirrors:ve(Be(Bs)),...Os}),El=ge({flat:A(I),import_wh:de,export_wh:de,shared_in_wh:de,shared_out_wh:de,inside_money:de,grid_money:de}),Xr=ge({slot:de,seconds:ce,settled_ms:G,shared_wh:de,import_wh:de,export_wh:de,bulk_import_wh:A(de),bulk_export_wh:A(de),common_wh:A(de),loss_wh:A(de),building_money:A(de),missing:Be(I),flats:Be(El)}),Ns=Be(Xr);var Sl=1e4,_l=1e3,Tl=3e4;function Al(r,e){return Math.min(Tl,_l*2**(r-1))*(.75+.25*e)}var Kn=class{constructor(e,t){this.url=e;this.handlers=t;this.source=null;this.failures=0;this.closed=!1}open(){this.closed=!1,this.attempt()}close(){this.closed=!0,this.disconnect()}async attempt(){this.failures===0&&this.handlers.connection({kind:"connecting"});try{await this.handlers.prepare()}catch(n){this.handlers.isFinal(n)&&this.close(),this.retry();return}if(this.closed)return;let e=new EventSource(this.url);this.source=e,this.watch(),e.addEventListener("error",()=>this.retry());let t=!1;this.listen(e,"state",n=>{t||(t=!0,this.opened(e)),this.failures=0,this.watch(),this.handlers.connection({kind:"live"}),this.handlers.state(ht(Cs,n,"state"))}),this.listen(e,"records",n=>this.handlers.records(ht(qn,n,"records"))),this.listen(e,"head",n=>this.handlers.head(ht(Ms,n,"head"))),this.listen(e,"slot",n=>this.handlers.slot(ht(Xr,n,"slot")))}async opened(e){try{await this.handlers.opened()}catch{this.source===e&&this.retry()}}listen(e,t,n){e.addEventListener(t,o=>{try{n(o.data)}catch(s){if(!(s instanceof Ne))throw s;this.handlers.unreadable(t,s.message);return}this.handlers.unreadable(t,null)})}watch(){clearTimeout(this.timer),this.timer=setTimeout(()=>this.retry(),Sl)}retry(){if(this.disconnect(),this.closed)return;this.failures+=1;let e=Al(this.failures,Math.random());this.handlers.connection({kind:"lost",retryAt:performance.now()+e}),this.timer=setTimeout(()=>{this.attempt()},e)}disconnect(){clearTimeout(this.timer),this.source?.close(),this.source=null}};function Pe(r){return btoa(String.fromCharCode(...r))}function Le(r,e){let t;try{t=Uint8Array.from(atob(r),n=>n.charCodeAt(0))}catch{throw new v("format",`${e} is not base64`)}if(Pe(t)!==r)throw new v("format",`${e} is not in the one spelling of base64`);return t}function Vn(r,e){let t=Number(r);if(!/^(0|[1-9][0-9]*)$/.test(r)||!Number.isSafeInteger(t))throw new v("format",`${e} is ${JSON.stringify(r.slice(0,40))}, not a decimal number below 2^53`);return t}function ue(r){return Array.from(r,e=>e.toString(16).padStart(2,"0")).join("")}function xe(r,e){return r.length===e.length&&r.every((t,n)=>t===e[n])}function be(...r){let e=new Uint8Array(r.reduce((n,o)=>n+o.length,0)),t=0;for(let n of r)e.set(n,t),t+=n.length;return e}var j=class extends Error{constructor(t,n){super(n);this.code=t;this.name="RecordError"}};var Rl=23,Ls=8,[Bl,Ol,Hs,Ps,Is,Cl,Ml,Nl]=[0,1,2,3,4,5,6,7],[Ll,Us]=[20,21];function Xt(...r){return be(Jr(Is,r.length),...r)}function We(r){return be(Jr(Hs,r.length),r)}function mt(r){let e=new TextEncoder().encode(r);return be(Jr(Ps,e.length),e)}function Jr(r,e){let t=r<<5;if(e<24)return Uint8Array.of(t|e);if(e<256)return Uint8Array.of(t|24,e);if(e>=65536)throw new Error("bad math in head: nothing signed here is so long");return Uint8Array.of(t|25,e>>8,e&255)}function gt(r,e){let t=new Qr(r,e),n=t.value(0);return t.end(),n}var Qr=class{constructor(e,t){this.data=e;this.what=t;this.at=0;this.view=new DataView(e.buffer,e.byteOffset,e.byteLength)}value(e){let t=this.take(1),n=this.view.getUint8(t),[o,s]=[n>>5,n&31];if(o===Nl){if(s!==Ll&&s!==Us)throw this.refuse("holds a float, null or another value that no record has");return s===Us}if(o===Ml)throw this.refuse("holds a tag inside");let i=this.argument(s);switch(o){case Bl:return i;case Ol:return-1-i;case Hs:return this.bytes(i);case Ps:return this.text(i);case Is:return this.list(i,this.deeper(e));case Cl:return this.map(i,this.deeper(e));default:throw new Error("bad math in Reader.value")}}end(){if(this.at!==this.data.length)throw this.refuse(`has ${this.data.length-this.at} bytes after its end`)}argument(e){if(e<24)return e;if(e>27)throw this.refuse("holds a part of open length");let t=2**(e-24),n=this.take(t),o=this.bigEndian(n,t),s=e===24?24:2**(4*t);if(o<s)throw this.refuse(`spells ${o} in more bytes than it needs`);if(!Number.isSafeInteger(o+1))throw this.refuse("holds an integer beyond 2^53");return o}bigEndian(e,t){switch(t){case 1:return this.view.getUint8(e);case 2:return this.view.getUint16(e);case 4:return this.view.getUint32(e);default:return Number(this.view.getBigUint64(e))}}bytes(e){let t=this.take(e);return this.data.slice(t,t+e)}text(e){let t=this.bytes(e);try{return new TextDecoder("utf-8",{fatal:!0,ignoreBOM:!0}).decode(t)}catch{throw this.refuse("holds text that is no UTF-8")}}list(e,t){let n=[];for(let o=0;o<e;o+=1)n.push(this.value(t));return n}map(e,t){let n=new Map,o=-1;for(let s=0;s<e;s+=1){let i=this.value(t);if(typeof i!="number"||i<0||i>Rl)throw this.refuse("has a map key beyond 0 to 23");if(i<=o)throw this.refuse(`has the map key ${i} twice or out of order`);o=i,n.set(i,this.value(t))}return n}deeper(e){if(e>=Ls)throw this.refuse(`nests more than ${Ls} deep`);return e+1}take(e){let t=this.at;if(e>this.data.length-t)throw this.refuse("ends too early");return this.at+=e,t}refuse(e){return new j("encoding",`${this.what} ${e}`)}};var Qe=class{constructor(e,t){this.what=t;if(!(e instanceof Map))throw new j("field",`${t} is not a map`);this.left=new Map(e)}optional(e,t){return this.left.has(e)?t(e):null}unsigned(e,t,n=Number.MAX_SAFE_INTEGER){let o=this.take(e,t);if(typeof o!="number"||o<0||o>n)throw this.refuse(t,`an integer from 0 to ${n}`);return o}integer(e,t){let n=this.take(e,t);if(typeof n!="number")throw this.refuse(t,"an integer");return n}exactly(e,t,n){if(this.take(e,t)!==n)throw this.refuse(t,`${n}: a program of another version wrote it`)}bytes(e,t,n){let o=this.take(e,t);if(!(o instanceof Uint8Array)||o.length!==n)throw this.refuse(t,`${n} bytes`);return o}text(e,t,n=64){let o=this.take(e,t);if(typeof o!="string"||[...o].length>n)throw this.refuse(t,`text of at most ${n} letters`);return o}list(e,t){let n=this.take(e,t);if(!Array.isArray(n))throw this.refuse(t,"a list");return n}map(e,t){let n=this.take(e,t);if(!(n instanceof Map))throw this.refuse(t,"a map");return n}end(){for(let e of this.left.keys())throw new j("field",`${this.what} has the unknown key ${e}`)}take(e,t){let n=this.left.get(e);if(n===void 0)throw new j("field",`${this.what} lacks ${t} (key ${e})`);return this.left.delete(e),n}refuse(e,t){return new j("field",`${this.what}: ${e} is not ${t}`)}};var jn=BigInt(4294967295),Ds=BigInt(32);function Ul(r,e=!1){return e?{h:Number(r&jn),l:Number(r>>Ds&jn)}:{h:Number(r>>Ds&jn)|0,l:Number(r&jn)|0}}function Fs(r,e=!1){let t=r.length,n=new Uint32Array(t),o=new Uint32Array(t);for(let s=0;s<t;s++){let{h:i,l:a}=Ul(r[s],e);[n[s],o[s]]=[i,a]}return[n,o]}var Hl=r=>r/2**32|0,Pl=r=>r>>>0;function zs(r,e,t,n){let o=Hl(t),s=Pl(t);r.setUint32(e,n?s:o,n),r.setUint32(e+4,n?o:s,n)}var eo=(r,e,t)=>r>>>t,to=(r,e,t)=>r<<32-t|e>>>t,yt=(r,e,t)=>r>>>t|e<<32-t,wt=(r,e,t)=>r<<32-t|e>>>t,Qt=(r,e,t)=>r<<64-t|e>>>t-32,Jt=(r,e,t)=>r>>>t-32|e<<64-t;function Ie(r,e,t,n){let o=(e>>>0)+(n>>>0);return{h:r+t+(o/2**32|0)|0,l:o|0}}var qs=(r,e,t)=>(r>>>0)+(e>>>0)+(t>>>0),Ks=(r,e,t,n)=>e+t+n+(r/2**32|0)|0,Vs=(r,e,t,n)=>(r>>>0)+(e>>>0)+(t>>>0)+(n>>>0),js=(r,e,t,n,o)=>e+t+n+o+(r/2**32|0)|0,Ws=(r,e,t,n,o)=>(r>>>0)+(e>>>0)+(t>>>0)+(n>>>0)+(o>>>0),Ys=(r,e,t,n,o,s)=>e+t+n+o+s+(r/2**32|0)|0;function Wn(r){return r instanceof Uint8Array||ArrayBuffer.isView(r)&&r.constructor.name==="Uint8Array"&&"BYTES_PER_ELEMENT"in r&&r.BYTES_PER_ELEMENT===1}var no=r=>r?`"${r}" `:"";function Ye(r,e=""){if(typeof r!="number")throw new TypeError(no(e)+"expected number, got "+typeof r);if(!Number.isSafeInteger(r)||r<0)throw new RangeError(no(e)+"expected integer >= 0, got "+r);return r}function Oe(r,e,t=""){if(Wn(r)&&(e===void 0||r.length===e))return r;e!==void 0&&Ye(e,"length");let n=Wn(r),o=e!==void 0?` of length ${e}`:"",s=n?`length=${r.length}`:`type=${typeof r}`,i=no(t)+"expected Uint8Array"+o+", got "+s;throw n?new RangeError(i):new TypeError(i)}function Yn(r){if(typeof r!="function"||typeof r.create!="function")throw new TypeError("expected hash wrapped by utils.createHasher");if(Ye(r.outputLen),Ye(r.blockLen),r.outputLen<1||r.blockLen<1)throw new Error("hash blockLen / outputLen must be >= 1")}var Dl=(r,e)=>{if(r===null||typeof r!="object"||Array.isArray(r))throw new TypeError((e==="object"?"":`"${e}" `)+"expected object, got type="+typeof r)},Gs=(r,e)=>{Dl(r,e);let t=Object.getPrototypeOf(r);if(t!==Object.prototype&&t!==null)throw new TypeError(`"${e}" expected plain object`);if(Object.hasOwn(r,"__proto__"))throw new TypeError(`"${e}.__proto__" is not allowed`)};function At(r,e=!0){if(r.destroyed)throw new Error("hash was destroyed");if(e&&r.finished)throw new Error("digest() was already called")}function Gn(r,e){Oe(r,void 0,"output");let t=e.outputLen;if(!(r.length>=t))throw new RangeError('"output" expected length >= '+t)}function bt(...r){for(let e=0;e<r.length;e++)r[e].fill(0)}function Zn(r){return new DataView(r.buffer,r.byteOffset,r.byteLength)}function Ue(r,e){return r<<32-e|r>>>e}var Xs=typeof Uint8Array.from([]).toHex=="function"&&typeof Uint8Array.fromHex=="function",Fl=Array.from({length:256},(r,e)=>e.toString(16).padStart(2,"0"));function Xn(r){if(Oe(r),Xs)return r.toHex();let e="";for(let t=0;t<r.length;t++)e+=Fl[r[t]];return e}function Zs(r){return r>=48&&r<=57?r-48:r>=65&&r<=70?r-55:r>=97&&r<=102?r-87:void 0}function Qn(r){if(typeof r!="string")throw new TypeError("hex string expected, got "+typeof r);if(Xs)try{return Uint8Array.fromHex(r)}catch(o){throw o instanceof SyntaxError?new RangeError(o.message):o}let e=r.length,t=e/2;if(e%2)throw new RangeError("hex string expected, got unpadded hex of length "+e);let n=new Uint8Array(t);for(let o=0,s=0;o<t;o++,s+=2){let i=Zs(r.charCodeAt(s)),a=Zs(r.charCodeAt(s+1));if(i===void 0||a===void 0){let l=r[s]+r[s+1];throw new RangeError('hex string expected, got non-hex character "'+l+'" at index '+s)}n[o]=i*16+a}return n}function ro(...r){let e=0;for(let n=0;n<r.length;n++){let o=r[n];Oe(o),e+=o.length}let t=new Uint8Array(e);for(let n=0,o=0;n<r.length;n++){let s=r[n];t.set(s,o),o+=s.length}return t}function zl(r,e,t="opts"){return Gs(r,"defaults"),e!==void 0&&Gs(e,t),Object.assign(Object.create(null),r,e)}function oo(r,e={}){if(typeof r!="function")throw new TypeError('"hashCons" expected function, got type='+typeof r);e=zl({},e,"info");let t=(o,s)=>r(s).update(o).digest(),n=r(void 0);return t.outputLen=n.outputLen,t.blockLen=n.blockLen,t.canXOF=n.canXOF,t.create=o=>r(o),Object.assign(t,e),Object.freeze(t)}function Qs(r=32){Ye(r,"bytesLength");let e=typeof globalThis=="object"?globalThis.crypto:null;if(typeof e?.getRandomValues!="function")throw new Error("crypto.getRandomValues must be defined");if(r>65536)throw new RangeError(`"bytesLength" expected <= 65536, got ${r}`);return e.getRandomValues(new Uint8Array(r))}var so=r=>({oid:Uint8Array.from([6,9,96,134,72,1,101,3,4,2,r])});function Js(r,e,t){return r&e^~r&t}function ei(r,e,t){return r&e^r&t^e&t}var en=class{blockLen;outputLen;canXOF=!1;padOffset;isLE;buffer;view;finished=!1;length=0;pos=0;destroyed=!1;constructor(e,t,n,o){this.blockLen=e,this.outputLen=t,this.padOffset=n,this.isLE=o,this.buffer=new Uint8Array(e),this.view=Zn(this.buffer)}update(e){At(this),Oe(e);let{view:t,buffer:n,blockLen:o}=this,s=e.length,i=!1;for(let a=0;a<s;){let l=Math.min(o-this.pos,s-a);if(l===o){let d=Zn(e);for(;o<=s-a;a+=o)this.process(d,a);i=!0;continue}n.set(a===0&&l===s?e:e.subarray(a,a+l),this.pos),this.pos+=l,a+=l,this.pos===o&&(this.process(t,0),this.pos=0,i=!0)}return this.length+=e.length,i&&this.roundClean(),this}digestInto(e){At(this),Gn(e,this),this.finished=!0;let{buffer:t,view:n,blockLen:o,isLE:s}=this,{pos:i}=this;t[i++]=128,t.fill(0,i),this.padOffset>o-i&&(this.process(n,0),t.fill(0)),zs(n,o-8,this.length*8,s),this.process(n,0),this.roundClean();let a=e===t?n:Zn(e),l=this.outputLen,d=l/4,c=this.get();if(l%4||d>c.length)throw new Error("invalid outputLen");for(let u=0;u<d;u++)a.setUint32(4*u,c[u],s)}digest(){let{buffer:e,outputLen:t}=this;this.digestInto(e);let n=e.slice(0,t);return this.destroy(),n}_cloneIntoMeta(e){let{buffer:t,length:n,finished:o,destroyed:s,pos:i}=this;return e.destroyed=s,e.finished=o,e.length=n,e.pos=i,i&&e.buffer.set(t),e}clone(){return this._cloneInto()}},ti=Uint32Array.from([1779033703,3144134277,1013904242,2773480762,1359893119,2600822924,528734635,1541459225]);var ni=Uint32Array.from([1779033703,4089235720,3144134277,2227873595,1013904242,4271175723,2773480762,1595750129,1359893119,2917565137,2600822924,725511199,528734635,4215389547,1541459225,327033209]);var ql=Uint32Array.from([1116352408,1899447441,3049323471,3921009573,961987163,1508970993,2453635748,2870763221,3624381080,310598401,607225278,1426881987,1925078388,2162078206,2614888103,3248222580,3835390401,4022224774,264347078,604807628,770255983,1249150122,1555081692,1996064986,2554220882,2821834349,2952996808,3210313671,3336571891,3584528711,113926993,338241895,666307205,773529912,1294757372,1396182291,1695183700,1986661051,2177026350,2456956037,2730485921,2820302411,3259730800,3345764771,3516065817,3600352804,4094571909,275423344,430227734,506948616,659060556,883997877,958139571,1322822218,1537002063,1747873779,1955562222,2024104815,2227730452,2361852424,2428436474,2756734187,3204031479,3329325298]),Je=new Uint32Array(64),io=class extends en{A=0;B=0;C=0;D=0;E=0;F=0;G=0;H=0;constructor(e,t){super(64,e,8,!1),this.A=t[0]|0,this.B=t[1]|0,this.C=t[2]|0,this.D=t[3]|0,this.E=t[4]|0,this.F=t[5]|0,this.G=t[6]|0,this.H=t[7]|0}get(){let{A:e,B:t,C:n,D:o,E:s,F:i,G:a,H:l}=this;return[e,t,n,o,s,i,a,l]}set(e,t,n,o,s,i,a,l){this.A=e|0,this.B=t|0,this.C=n|0,this.D=o|0,this.E=s|0,this.F=i|0,this.G=a|0,this.H=l|0}_cloneInto(e){return(e||=new this.constructor).set(...this.get()),this._cloneIntoMeta(e)}process(e,t){for(let u=0;u<16;u++,t+=4)Je[u]=e.getUint32(t,!1);for(let u=16;u<64;u++){let m=Je[u-15],h=Je[u-2],x=Ue(m,7)^Ue(m,18)^m>>>3,w=Ue(h,17)^Ue(h,19)^h>>>10;Je[u]=w+Je[u-7]+x+Je[u-16]|0}let{A:n,B:o,C:s,D:i,E:a,F:l,G:d,H:c}=this;for(let u=0;u<64;u++){let m=Ue(a,6)^Ue(a,11)^Ue(a,25),h=c+m+Js(a,l,d)+ql[u]+Je[u]|0,w=(Ue(n,2)^Ue(n,13)^Ue(n,22))+ei(n,o,s)|0;c=d,d=l,l=a,a=i+h|0,i=s,s=o,o=n,n=h+w|0}n=n+this.A|0,o=o+this.B|0,s=s+this.C|0,i=i+this.D|0,a=a+this.E|0,l=l+this.F|0,d=d+this.G|0,c=c+this.H|0,this.set(n,o,s,i,a,l,d,c)}roundClean(){bt(Je)}destroy(){this.destroyed=!0,this.set(0,0,0,0,0,0,0,0),bt(this.buffer)}},ao=class extends io{constructor(){super(32,ti)}};var ri=Fs(["0x428a2f98d728ae22","0x7137449123ef65cd","0xb5c0fbcfec4d3b2f","0xe9b5dba58189dbbc","0x3956c25bf348b538","0x59f111f1b605d019","0x923f82a4af194f9b","0xab1c5ed5da6d8118","0xd807aa98a3030242","0x12835b0145706fbe","0x243185be4ee4b28c","0x550c7dc3d5ffb4e2","0x72be5d74f27b896f","0x80deb1fe3b1696b1","0x9bdc06a725c71235","0xc19bf174cf692694","0xe49b69c19ef14ad2","0xefbe4786384f25e3","0x0fc19dc68b8cd5b5","0x240ca1cc77ac9c65","0x2de92c6f592b0275","0x4a7484aa6ea6e483","0x5cb0a9dcbd41fbd4","0x76f988da831153b5","0x983e5152ee66dfab","0xa831c66d2db43210","0xb00327c898fb213f","0xbf597fc7beef0ee4","0xc6e00bf33da88fc2","0xd5a79147930aa725","0x06ca6351e003826f","0x142929670a0e6e70","0x27b70a8546d22ffc","0x2e1b21385c26c926","0x4d2c6dfc5ac42aed","0x53380d139d95b3df","0x650a73548baf63de","0x766a0abb3c77b2a8","0x81c2c92e47edaee6","0x92722c851482353b","0xa2bfe8a14cf10364","0xa81a664bbc423001","0xc24b8b70d0f89791","0xc76c51a30654be30","0xd192e819d6ef5218","0xd69906245565a910","0xf40e35855771202a","0x106aa07032bbd1b8","0x19a4c116b8d2d0c8","0x1e376c085141ab53","0x2748774cdf8eeb99","0x34b0bcb5e19b48a8","0x391c0cb3c5c95a63","0x4ed8aa4ae3418acb","0x5b9cca4f7763e373","0x682e6ff3d6b2b8a3","0x748f82ee5defb2fc","0x78a5636f43172f60","0x84c87814a1f0ab72","0x8cc702081a6439ec","0x90befffa23631e28","0xa4506cebde82bde9","0xbef9a3f7b2c67915","0xc67178f2e372532b","0xca273eceea26619c","0xd186b8c721c0c207","0xeada7dd6cde0eb1e","0xf57d4f7fee6ed178","0x06f067aa72176fba","0x0a637dc5a2c898a6","0x113f9804bef90dae","0x1b710b35131c471b","0x28db77f523047d84","0x32caab7b40c72493","0x3c9ebe0a15c9bebc","0x431d67c49c100d4c","0x4cc5d4becb3e42b6","0x597f299cfc657e2a","0x5fcb6fab3ad6faec","0x6c44198c4a475817"].map(r=>BigInt(r))),Kl=ri[0],Vl=ri[1],et=new Uint32Array(80),tt=new Uint32Array(80),lo=class extends en{Ah=0;Al=0;Bh=0;Bl=0;Ch=0;Cl=0;Dh=0;Dl=0;Eh=0;El=0;Fh=0;Fl=0;Gh=0;Gl=0;Hh=0;Hl=0;constructor(e,t){super(128,e,16,!1),this.Ah=t[0]|0,this.Al=t[1]|0,this.Bh=t[2]|0,this.Bl=t[3]|0,this.Ch=t[4]|0,this.Cl=t[5]|0,this.Dh=t[6]|0,this.Dl=t[7]|0,this.Eh=t[8]|0,this.El=t[9]|0,this.Fh=t[10]|0,this.Fl=t[11]|0,this.Gh=t[12]|0,this.Gl=t[13]|0,this.Hh=t[14]|0,this.Hl=t[15]|0}get(){let{Ah:e,Al:t,Bh:n,Bl:o,Ch:s,Cl:i,Dh:a,Dl:l,Eh:d,El:c,Fh:u,Fl:m,Gh:h,Gl:x,Hh:w,Hl:k}=this;return[e,t,n,o,s,i,a,l,d,c,u,m,h,x,w,k]}set(e,t,n,o,s,i,a,l,d,c,u,m,h,x,w,k){this.Ah=e|0,this.Al=t|0,this.Bh=n|0,this.Bl=o|0,this.Ch=s|0,this.Cl=i|0,this.Dh=a|0,this.Dl=l|0,this.Eh=d|0,this.El=c|0,this.Fh=u|0,this.Fl=m|0,this.Gh=h|0,this.Gl=x|0,this.Hh=w|0,this.Hl=k|0}_cloneInto(e){return(e||=new this.constructor).set(...this.get()),this._cloneIntoMeta(e)}process(e,t){for(let b=0;b<16;b++,t+=4)et[b]=e.getUint32(t),tt[b]=e.getUint32(t+=4);for(let b=16;b<80;b++){let S=et[b-15]|0,C=tt[b-15]|0,K=yt(S,C,1)^yt(S,C,8)^eo(S,C,7),W=wt(S,C,1)^wt(S,C,8)^to(S,C,7),q=et[b-2]|0,U=tt[b-2]|0,H=yt(q,U,19)^Qt(q,U,61)^eo(q,U,6),X=wt(q,U,19)^Jt(q,U,61)^to(q,U,6),z=Vs(W,X,tt[b-7],tt[b-16]),Y=js(z,K,H,et[b-7],et[b-16]);et[b]=Y|0,tt[b]=z|0}let{Ah:n,Al:o,Bh:s,Bl:i,Ch:a,Cl:l,Dh:d,Dl:c,Eh:u,El:m,Fh:h,Fl:x,Gh:w,Gl:k,Hh:N,Hl:R}=this;for(let b=0;b<80;b++){let S=yt(u,m,14)^yt(u,m,18)^Qt(u,m,41),C=wt(u,m,14)^wt(u,m,18)^Jt(u,m,41),K=u&h^~u&w,W=m&x^~m&k,q=Ws(R,C,W,Vl[b],tt[b]),U=Ys(q,N,S,K,Kl[b],et[b]),H=q|0,X=yt(n,o,28)^Qt(n,o,34)^Qt(n,o,39),z=wt(n,o,28)^Jt(n,o,34)^Jt(n,o,39),Y=n&s^n&a^s&a,_=o&i^o&l^i&l;N=w|0,R=k|0,w=h|0,k=x|0,h=u|0,x=m|0,{h:u,l:m}=Ie(d|0,c|0,U|0,H|0),d=a|0,c=l|0,a=s|0,l=i|0,s=n|0,i=o|0;let D=qs(H,z,_);n=Ks(D,U,X,Y),o=D|0}({h:n,l:o}=Ie(this.Ah|0,this.Al|0,n|0,o|0)),{h:s,l:i}=Ie(this.Bh|0,this.Bl|0,s|0,i|0),{h:a,l}=Ie(this.Ch|0,this.Cl|0,a|0,l|0),{h:d,l:c}=Ie(this.Dh|0,this.Dl|0,d|0,c|0),{h:u,l:m}=Ie(this.Eh|0,this.El|0,u|0,m|0),{h,l:x}=Ie(this.Fh|0,this.Fl|0,h|0,x|0),{h:w,l:k}=Ie(this.Gh|0,this.Gl|0,w|0,k|0),{h:N,l:R}=Ie(this.Hh|0,this.Hl|0,N|0,R|0),this.set(n,o,s,i,a,l,d,c,u,m,h,x,w,k,N,R)}roundClean(){bt(et,tt)}destroy(){this.destroyed=!0,bt(this.buffer),this.set(0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0)}},co=class extends lo{constructor(){super(64,ni)}};var Rt=oo(()=>new ao,so(1));var Jn=oo(()=>new co,so(3));function tr(r,e,t=()=>{}){if(!Array.isArray(r))throw new TypeError(`"${e}" expected array, got type=${typeof r}`);for(let n=0;n<r.length;n++)t(r[n],`${e}[${n}]`);return r}var J=(r,e,t)=>Oe(r,e,t),uo=Ye;function si(r,e=""){if(typeof r!="string"){let t=e&&`"${e}" `;throw new TypeError(t+"expected string, got type="+typeof r)}return r}function nt(r,e="object"){if(r===null||typeof r!="object"||Array.isArray(r))throw new TypeError(e==="object"?"expected valid options object":`"${e}" expected object, got type=${typeof r}`);return r}function xt(r,e){if(typeof r!="function")throw new TypeError(`"${e}" is invalid: expected function, got ${typeof r}`);return r}var tn=Xn,Ce=(...r)=>ro(...r),Bt=r=>Qn(r),ot=Wn,vt=r=>Qs(r),er=BigInt(0),oi=BigInt(1),jl=r=>r?`"${r}" `:"";function Ee(r,e=""){if(typeof r!="boolean")throw new TypeError(jl(e)+"expected boolean, got type="+typeof r);return r}function nr(r){if(typeof r=="bigint"){if(!rt(r))throw new RangeError("positive bigint expected, got "+r)}else uo(r);return r}function Ge(r,e=""){if(typeof r!="number"){let t=e&&`"${e}" `;throw new TypeError(t+"expected number, got type="+typeof r)}if(!Number.isSafeInteger(r)){let t=e&&`"${e}" `;throw new RangeError(t+"expected safe integer, got "+r)}}function nn(r){let e=nr(r).toString(16);return e.length&1?"0"+e:e}function ii(r){if(typeof r!="string")throw new TypeError("hex string expected, got "+typeof r);return r===""?er:BigInt("0x"+r)}function De(r){return ii(Xn(r))}function $t(r){return ii(Xn(rn(Oe(r)).reverse()))}function rr(r,e){if(Ye(e),e===0)throw new Error("zero output length is invalid");r=nr(r);let t=e*2,n=r.toString(16);if(n.length>t)throw new RangeError("number is too large");return Qn(n.padStart(t,"0"))}function fo(r,e){return rr(r,e).reverse()}function rn(r){return Uint8Array.from(J(r))}function rt(r){return typeof r=="bigint"&&er<=r}function ho(r,e,t){return rt(r)&&rt(e)&&rt(t)&&e<=r&&r<t}function Ot(r,e,t,n){if(!ho(e,t,n))throw new RangeError("expected valid "+r+": "+t+" <= n < "+n+", got "+e)}function Ct(r){if(r<er)throw new Error("expected non-negative bigint, got "+r);return r===er?0:r.toString(2).length}var on=r=>(Ge(r,"n"),(oi<<BigInt(r))-oi);function ai(r,e,t){if(Ye(r,"hashLen"),Ye(e,"qByteLen"),typeof t!="function")throw new TypeError("hmacFn must be a function");let n=k=>new Uint8Array(k),o=Uint8Array.of(),s=Uint8Array.of(0),i=Uint8Array.of(1),a=1e3,l=n(r),d=n(r),c=0,u=()=>{l.fill(1),d.fill(0),c=0},m=(...k)=>t(d,Ce(l,...k)),h=(k=o)=>{d=m(s,k),l=m(),k.length!==0&&(d=m(i,k),l=m())},x=()=>{if(c++>=a)throw new Error("drbg: tried max amount of iterations");let k=0,N=[];for(;k<e;){l=m();let R=l.slice();N.push(R),k+=l.length}return Ce(...N)};return(k,N)=>{u(),h(k);let R;for(;(R=N(x()))===void 0;)h();return u(),R}}function Se(r,e={},t={},n="object"){nt(r,n),nt(e,"fields"),nt(t,"optFields");function o(i,a,l){let d=n==="object"?`param "${String(i)}"`:`"${n}.${String(i)}"`,c=r[i];if(!Object.hasOwn(r,i)&&(l?c!==void 0:a!=="function"))throw new TypeError(`${d} is invalid: expected own property`);if(l&&c===void 0)return;let u=typeof c;if(u!==a||c===null)throw new TypeError(`${d} is invalid: expected ${a}, got ${u}`)}let s=(i,a)=>Object.entries(i).forEach(([l,d])=>o(l,d,a));s(e,!1),s(t,!0)}var ye=BigInt(0),ee=BigInt(1),st=BigInt(2),ci=BigInt(3),po=BigInt(4),ui=BigInt(5),Wl=BigInt(7),fi=BigInt(8),Yl=BigInt(9),Gl=BigInt(15),hi=BigInt(16),Zl=BigInt("0x10000000000000000");function fe(r,e){if(e<=ye)throw new Error("mod: expected positive modulus, got "+e);let t=r%e;return t>=ye?t:e+t}function pi(r,e,t){if(t<=ee)throw new Error("pow: expected modulus > 1, got "+t);if(typeof e!="bigint")throw new TypeError("invalid exponent: expected bigint, got "+typeof e);if(e<ye)throw new Error("invalid exponent, negatives unsupported");if(e===ye)return ee;if(e===ee)return r;let n=r%t;if(n<ye&&(n+=t),e<Zl){let a=ee;for(;e>ye;)e&ee&&(a=a*n%t),n=n*n%t,e>>=ee;return a}let o=[];for(;e>ye;)o.push(Number(e&Gl)),e>>=po;let s=new Array(16);s[0]=ee,s[1]=n;for(let a=2;a<16;a++)s[a]=s[a-1]*n%t;let i=s[o[o.length-1]];for(let a=o.length-2;a>=0;a--){i=i*i%t,i=i*i%t,i=i*i%t,i=i*i%t;let l=o[a];l!==0&&(i=i*s[l]%t)}return i}function He(r,e,t){if(t<=ee)throw new Error("pow2: expected modulus > 1, got "+t);if(e<ye)throw new Error("pow2: expected non-negative exponent, got "+e);let n=r;for(;e-- >ye;)n*=n,n%=t;return n}function li(r,e){if(r===ye)throw new Error("invert: expected non-zero number");if(e<=ee)throw new Error("invert: expected modulus > 1, got "+e);let t=fe(r,e),n=e,o=ye,s=ee;for(;t!==ye;){let a=n/t,l=n-t*a,d=o-s*a;n=t,t=l,o=s,s=d}if(n!==ee)throw new Error("invert: does not exist");return fe(o,e)}function mi(r,e){if(e<=ee)throw new Error("invertCt: expected prime modulus > 1, got "+e);let t=fe(r,e);if(t===ye)throw new Error("invertCt: expected non-zero number");let n=pi(t,e-st,e);if(fe(t*n,e)!==ee)throw new Error("invertCt: does not exist");return n}function mo(r,e,t){let n=r;if(!n.eql(n.sqr(e),t))throw new Error("Cannot find square root")}function go(r,e){if((r&ee)===ye)throw new Error(e+": expected odd modulus, got "+r)}function gi(r,e){let t=r,n=(t.ORDER+ee)/po,o=t.pow(e,n);return mo(t,o,e),o}function Xl(r,e){let t=r,n=(t.ORDER-ui)/fi,o=t.mul(e,st),s=t.pow(o,n),i=t.mul(e,s),a=t.mul(t.mul(i,st),s),l=t.mul(i,t.sub(a,t.ONE));return mo(t,l,e),l}function Ql(r){let e=ir(r),t=yi(r),n=t(e,e.neg(e.ONE)),o=t(e,n),s=t(e,e.neg(n)),i=(r+Wl)/hi;return((a,l)=>{let d=a,c=d.pow(l,i),u=d.mul(c,n),m=d.mul(c,o),h=d.mul(c,s),x=d.eql(d.sqr(u),l),w=d.eql(d.sqr(m),l);c=d.cmov(c,u,x),u=d.cmov(h,m,w);let k=d.eql(d.sqr(u),l),N=d.cmov(c,u,k);return mo(d,N,l),N})}function yi(r){if(r<ci)throw new Error("sqrt is not defined for small field");go(r,"tonelliShanks");let e=r-ee,t=0;for(;e%st===ye;)e/=st,t++;let n=st,o=ir(r);for(;sn(o,n)===1;)if(n++>1e3)throw new Error("Cannot find square root: probably non-prime P");if(t===1)return gi;let s=o.pow(n,e),i=(e+ee)/st;return function(l,d){let c=l;if(c.is0(d))return d;if(sn(c,d)!==1)throw new Error("Cannot find square root");let u=t,m=c.mul(c.ONE,s),h=c.pow(d,e),x=c.pow(d,i);for(;!c.eql(h,c.ONE);){if(c.is0(h))throw new Error("Cannot find square root: probably non-prime P");let w=1,k=c.sqr(h);for(;!c.eql(k,c.ONE);)if(w++,k=c.sqr(k),w===u)throw new Error("Cannot find square root");let N=ee<<BigInt(u-w-1),R=c.pow(m,N);u=w,m=c.sqr(R),h=c.mul(h,m),x=c.mul(x,R)}return x}}function Jl(r){return go(r,"Fp.sqrt"),r%po===ci?gi:r%fi===ui?Xl:r%hi===Yl?Ql(r):yi(r)}var wi=(r,e)=>(fe(r,e)&ee)===ee,ed=["create","isValid","is0","neg","inv","sqrt","sqr","eql","add","sub","mul","pow","div","addN","subN","mulN","sqrN"];function Mt(r){if(nt(r,"field"),typeof r.ORDER!="bigint")throw new TypeError('param "ORDER" is invalid: expected bigint, got '+typeof r.ORDER);Ge(r.BYTES,"BYTES"),Ge(r.BITS,"BITS");for(let e of ed)xt(r[e],"field."+e);if(r.BYTES<1||r.BITS<1)throw new Error("invalid field: expected BYTES/BITS > 0");if(r.ORDER<=ee)throw new Error("invalid field: expected ORDER > 1, got "+r.ORDER);return r}function sr(r,e,t=!1){Mt(r),tr(e,"nums"),Ee(t,"passZero");let n=r,o=new Array(e.length).fill(t?n.ZERO:void 0),s=e.reduce((a,l,d)=>n.is0(l)?a:(o[d]=a,n.mul(a,l)),n.ONE),i=n.inv(s);return e.reduceRight((a,l,d)=>n.is0(l)?a:(o[d]=n.mul(a,o[d]),n.mul(a,l)),i),o}function sn(r,e){Mt(r);let t=r;go(t.ORDER,"FpLegendre");let n=(t.ORDER-ee)/st,o=t.pow(e,n),s=t.eql(o,t.ONE),i=t.eql(o,t.ZERO),a=t.eql(o,t.neg(t.ONE));if(!s&&!i&&!a)throw new Error("invalid Legendre symbol result");return s?1:i?0:-1}function td(r,e){if(e!==void 0&&uo(e),r<=ye)throw new Error("invalid n length: expected positive n, got "+r);if(e!==void 0&&e<1)throw new Error("invalid n length: expected positive bit length, got "+e);let t=Ct(r);if(e!==void 0&&e<t)throw new Error(`invalid n length: expected nBitLength (${e}) >= bitLen(n) (${t})`);let n=e!==void 0?e:t,o=Math.ceil(n/8);return{nBitLength:n,nByteLength:o}}var di=new WeakMap,or=class{ORDER;BITS;BYTES;isLE;ZERO=ye;ONE=ee;_lengths;_mod;constructor(e,t={}){if(e<=ee)throw new Error("invalid field: expected ORDER > 1, got "+e);let n;this.isLE=!1,t!=null&&typeof t=="object"&&(typeof t.BITS=="number"&&(n=t.BITS),typeof t.sqrt=="function"&&Object.defineProperty(this,"sqrt",{value:t.sqrt,enumerable:!0}),typeof t.isLE=="boolean"&&(this.isLE=t.isLE),t.allowedLengths&&(this._lengths=Object.freeze(t.allowedLengths.slice())),typeof t.modFromBytes=="boolean"&&(this._mod=t.modFromBytes));let{nBitLength:o,nByteLength:s}=td(e,n);if(s>2048)throw new Error("invalid field: expected ORDER of <= 2048 bytes");this.ORDER=e,this.BITS=o,this.BYTES=s,Object.freeze(this)}create(e){return fe(e,this.ORDER)}isValid(e){if(typeof e!="bigint")throw new TypeError("invalid field element: expected bigint, got "+typeof e);return ye<=e&&e<this.ORDER}is0(e){return e===ye}isValidNot0(e){return!this.is0(e)&&this.isValid(e)}isOdd(e){return(e&ee)===ee}neg(e){return fe(-e,this.ORDER)}eql(e,t){return e===t}sqr(e){return fe(e*e,this.ORDER)}add(e,t){return fe(e+t,this.ORDER)}sub(e,t){return fe(e-t,this.ORDER)}mul(e,t){return fe(e*t,this.ORDER)}pow(e,t){return pi(e,t,this.ORDER)}div(e,t){return fe(e*li(t,this.ORDER),this.ORDER)}sqrN(e){return e*e}addN(e,t){return e+t}subN(e,t){return e-t}mulN(e,t){return e*t}inv(e){return li(e,this.ORDER)}sqrt(e){let t=di.get(this);return t||di.set(this,t=Jl(this.ORDER)),t(this,e)}toBytes(e){return this.isLE?fo(e,this.BYTES):rr(e,this.BYTES)}fromBytes(e,t=!1){J(e);let{_lengths:n,BYTES:o,isLE:s,ORDER:i,_mod:a}=this;if(n){if(e.length<1||!n.includes(e.length)||e.length>o)throw new Error("Field.fromBytes: expected "+n+" bytes, got "+e.length);let d=new Uint8Array(o);d.set(e,s?0:d.length-e.length),e=d}if(e.length!==o)throw new Error("Field.fromBytes: expected "+o+" bytes, got "+e.length);let l=s?$t(e):De(e);if(a&&(l=fe(l,i)),!t&&!this.isValid(l))throw new Error("invalid field element: outside of range 0..ORDER");return l}invertBatch(e){return sr(this,e,!0)}cmov(e,t,n){return Ee(n,"condition"),n?t:e}};function ir(r,e={}){return Object.freeze(or.prototype),new or(r,e)}function bi(r){if(typeof r!="bigint")throw new Error("field order must be bigint");if(r<=ee)throw new Error("field order must be greater than 1");let e=Ct(r-ee);return Math.ceil(e/8)}function ar(r){let e=bi(r);return e+Math.ceil(e/2)}function yo(r,e,t=!1){J(r);let n=r.length,o=bi(e),s=Math.max(ar(e),16);if(n<s||n>1024)throw new Error("expected "+s+"-1024 bytes of input, got "+n);let i=t?$t(r):De(r),a=fe(i,e-ee)+ee;return t?fo(a,o):rr(a,o)}var xo=BigInt(0),an=BigInt(1),nd=BigInt(4),wo=16,xi=128,rd=5,vi=2**31;function it(r){let e=r;if(typeof e!="function")throw new TypeError('"Point" expected constructor, got type='+typeof r);xt(e.fromAffine,"Point.fromAffine"),xt(e.fromBytes,"Point.fromBytes"),xt(e.fromHex,"Point.fromHex"),nt(e.BASE,"Point.BASE"),nt(e.ZERO,"Point.ZERO"),Mt(e.Fp),Mt(e.Fn)}function lr(r,e){it(r),ki(e,r);let t=sr(r.Fp,e.map(n=>n.Z));return e.map((n,o)=>r.fromAffine(n.toAffine(t[o])))}function od(r,e,t=1){if(!Number.isSafeInteger(r)||r<t||r>e)throw new Error("invalid window size, expected ["+t+".."+e+"], got W="+r)}function sd(r,e){let t=r*(4*e+128);if(t>vi)throw new Error("invalid window size: table would need ~"+Math.ceil(t/2**20)+" MiB, max "+vi/2**20+" MiB")}function vo(r,e){if(r!==void 0){xt(r,"randomBytes");try{let t=r(e);if(!ot(t)||t.length!==e)return}catch{return}return r}}function ki(r,e){tr(r,"points"),r.forEach((t,n)=>{if(!(t instanceof e))throw new Error("invalid point at index "+n)})}function id(r,e,t){if(!Array.isArray(r))throw new Error("array of scalars expected");r.forEach((n,o)=>{if(!(t===void 0?e.isValid(n):rt(n)&&n<t))throw new Error("invalid scalar at index "+o)})}var Ei=new WeakMap;function bo(r){return Ei.get(r)||1}function ad(r,e){let t=r.double(),n=[r];for(let o=1;o<e;o++)n.push(n[o-1].add(t));return n}function ld(r,e){let t=2**e,n=t/2,o=BigInt(t-1),s=[];for(;r>xo;){let i=0;r&an&&(i=Number(r&o),i>=n&&(i-=t),r-=BigInt(i)),s.push(i),r>>=an}return s}function dd(r,e,t){let n=2**e,o=n/2,s=BigInt(n-1),i=BigInt(e),a=[];for(let l=0;l<t;l++){let d=Number(r&s);r>>=i,d>o&&(d-=n,r+=an),a.push(d)}if(r!==xo)throw new Error("invalid wnaf");return a}function cd(r,e,t){let n=0;for(let s of t)n=Math.max(n,s.length);let o=r;for(let s=n-1;s>=0;s--){s!==n-1&&(o=o.double());for(let i=0;i<t.length;i++){let a=t[i][s];if(a){let l=e[i][Math.abs(a)-1>>1];o=o.add(a<0?l.negate():l)}}}return o}var Nt=class{Point;BASE;ZERO;randomBytes;wnafPrecomputes=new WeakMap;baseCanBeBlinded;bits;constructor(e,t){it(e),this.randomBytes=vo(t,wo),this.Point=e,this.BASE=e.BASE,this.ZERO=e.ZERO,this.bits=e.Fn.BITS}buildWnafTable(e,t,n){let o=Math.ceil(n/t)+1,s=2**(t-1),i=[],a=e;for(let l=0;l<o;l++){let d=a;for(let c=0;c<s;c++)i.push(d),d=d.add(a);a=i[i.length-1].double()}return{W:t,bits:n,windows:o,comp:i}}wnafCachedCT(e,t){let{W:n,windows:o,comp:s}=e,i=2**(n-1),a=dd(t,n,o),l=this.ZERO,d=this.BASE;for(let c=0;c<o;c++){let u=a[c],m=c*i,h=Math.abs(u)-1,x=s[m];for(let k=1;k<i;k++)x=k===h?s[m+k]:x;let w=x.negate();u===0?d=d.add(s[m]):l=l.add(u<0?w:x)}return{p:l,f:d}}getWnafPrecomputes(e,t,n,o){let s=this.wnafPrecomputes.get(t),i=s?.find(a=>a.W===e&&a.bits===n);return i||(i=this.buildWnafTable(t,e,n),typeof o=="function"&&(i={...i,comp:o(i.comp)}),s||(s=[],this.wnafPrecomputes.set(t,s)),s.push(i)),i}assertPoint(e){if(!(e instanceof this.Point))throw new TypeError('"point" expected Point instance, got type='+typeof e)}validateMulInput(e,t){if(this.assertPoint(e),!ho(t,an,this.Point.Fn.ORDER))throw new Error("invalid scalar")}runCT(e,t,n,o){let s=bo(e);return s===1?this.fixedWindowCT(e,t,n):this.wnafCachedCT(this.getWnafPrecomputes(s,e,n,o),t)}mulCT(e,t,n){return this.validateMulInput(e,t),this.runCT(e,t,this.bits,n)}mulCTBlinded(e,t,n){if(this.validateMulInput(e,t),this.randomBytes===void 0)throw new Error("randomBytes is required for scalar blinding");let o=this.Point.Fn.BITS+xi,s=this.randomBytes(wo);if(!ot(s)||s.length!==wo)throw new Error("randomBytes returned invalid byte array");s[0]=s[0]&63|128;let i=t+De(s)*this.Point.Fn.ORDER;return this.runCT(e,i,o,n)}fixedWindowCT(e,t,n){let o=rd,s=1<<o,i=on(o),a=new Array(s);a[0]=this.ZERO;for(let c=1;c<s;c++)a[c]=a[c-1].add(e);let l=Math.ceil(n/o),d=this.ZERO;for(let c=l-1;c>=0;c--){if(c!==l-1)for(let h=0;h<o;h++)d=d.double();let u=Number(t>>BigInt(c*o)&i),m=a[0];for(let h=1;h<s;h++)m=h===u?a[h]:m;d=d.add(m)}return{p:d,f:d}}shouldBlind(e,t){return this.randomBytes===void 0?!1:t===an?!0:e!==this.BASE?!1:(this.baseCanBeBlinded===void 0&&(this.baseCanBeBlinded=this.mulUnsafe(this.BASE,this.Point.Fn.ORDER).is0()),this.baseCanBeBlinded)}mulSecret(e,t,n,o){return this.shouldBlind(e,n)?this.mulCTBlinded(e,t,o):this.mulCT(e,t,o)}mulUnsafe(e,t,n){if(this.assertPoint(e),!rt(t))throw new Error("invalid scalar");let o=bo(e);if(o===1||t>=this.Point.Fn.ORDER)return dr(this.Point,[e],[t],!0);let s=this.getWnafPrecomputes(o,e,this.bits,n);return this.wnafCachedCT(s,t).p}setWindowSize(e,t){this.assertPoint(e),od(t,this.bits);let n=Math.ceil((this.bits+xi)/t)+1;sd(n*2**(t-1),this.Point.Fp.BYTES),Ei.set(e,t),this.wnafPrecomputes.delete(e)}hasWindowSize(e){return bo(e)!==1}};function dr(r,e,t,n=!1){if(it(r),ki(e,r),Ee(n,"allowOversized"),id(t,r.Fn,n?r.Fn.ORDER**nd:void 0),e.length!==t.length)throw new Error("arrays of points and scalars must have equal length");let o=e.map(i=>ad(i,4)),s=t.map(i=>ld(i,4));return cd(r.ZERO,o,s)}function $i(r,e,t){if(e){if(e.ORDER!==r)throw new Error("Field.ORDER must match order: Fp == p, Fn == n");return Mt(e),e}else return ir(r,{isLE:t})}function cr(r,e,t={},n){if(r!=="weierstrass"&&r!=="edwards")throw new Error('expected curve type "weierstrass" or "edwards"');if(n===void 0&&(n=r==="edwards"),!e||typeof e!="object")throw new Error(`expected valid ${r} CURVE object`);Se(t);for(let l of["p","n","h"]){let d=e[l];if(!(rt(d)&&d!==xo))throw new Error(`CURVE.${l} must be positive bigint`)}let o=$i(e.p,t.Fp,n),s=$i(e.n,t.Fn,n),a=["Gx","Gy","a",r==="weierstrass"?"b":"d"];for(let l of a)if(!o.isValid(e[l]))throw new Error(`CURVE.${l} must be valid field element of CURVE.Fp`);return e=Object.freeze(Object.assign({},e)),{CURVE:e,Fp:o,Fn:s}}function ur(r,e){return function(n){let o=r(n);return{secretKey:o,publicKey:e(o)}}}var fr=class{oHash;iHash;blockLen;outputLen;canXOF=!1;finished=!1;destroyed=!1;constructor(e,t){if(Yn(e),Oe(t,void 0,"key"),this.iHash=e.create(),typeof this.iHash.update!="function")throw new Error("expected Hash instance");this.blockLen=this.iHash.blockLen,this.outputLen=this.iHash.outputLen;let n=this.blockLen,o=new Uint8Array(n);o.set(t.length>n?e.create().update(t).digest():t);for(let s=0;s<o.length;s++)o[s]^=54;this.iHash.update(o),this.oHash=e.create();for(let s=0;s<o.length;s++)o[s]^=106;this.oHash.update(o),bt(o)}update(e){return At(this),this.iHash.update(e),this}digestInto(e){At(this),Gn(e,this),this.finished=!0;let t=e.subarray(0,this.outputLen);this.iHash.digestInto(t),this.oHash.update(t),this.oHash.digestInto(t),this.destroy()}digest(){let e=new Uint8Array(this.oHash.outputLen);return this.digestInto(e),e}_cloneInto(e){e||=Object.create(Object.getPrototypeOf(this),{});let{oHash:t,iHash:n,finished:o,destroyed:s,blockLen:i,outputLen:a,canXOF:l}=this;return e=e,e.finished=o,e.destroyed=s,e.blockLen=i,e.outputLen=a,e.canXOF=l,e.oHash=t._cloneInto(e.oHash),e.iHash=n._cloneInto(e.iHash),e}clone(){return this._cloneInto()}destroy(){this.destroyed=!0,this.oHash.destroy(),this.iHash.destroy()}},Si=(()=>{let r=((e,t,n)=>new fr(e,t).update(n).digest());return r.create=(e,t)=>new fr(e,t),r})();var ud=BigInt(0),$o=class extends Error{constructor(e=""){super(e)}},Ze={Err:$o,_tlv:{encode:(r,e)=>{let{Err:t}=Ze;if(Ge(r,"tag"),r<0||r>255)throw new t("tlv.encode: wrong tag");if(si(e,"data"),e.length&1)throw new t("tlv.encode: unpadded data");let n=e.length/2,o=nn(n);if(o.length/2&128)throw new t("tlv.encode: long form length too big");let s=n>127?nn(o.length/2|128):"";return nn(r)+s+o+e},decode(r,e){let{Err:t}=Ze;e=J(e,void 0,"DER data");let n=0;if(r<0||r>255)throw new t("tlv.decode: wrong tag");if(e.length<2||e[n++]!==r)throw new t("tlv.decode: wrong tlv");let o=e[n++],s=!!(o&128),i=0;if(!s)i=o;else{let l=o&127;if(!l)throw new t("tlv.decode(long): indefinite length not supported");if(l>4)throw new t("tlv.decode(long): byte length is too big");let d=e.subarray(n,n+l);if(d.length!==l)throw new t("tlv.decode: length bytes not complete");if(d[0]===0)throw new t("tlv.decode(long): zero leftmost byte");for(let c of d)i=i<<8|c;if(n+=l,i<128)throw new t("tlv.decode(long): not minimal encoding")}let a=e.subarray(n,n+i);if(a.length!==i)throw new t("tlv.decode: wrong value length");return{v:a,l:e.subarray(n+i)}}},_int:{encode(r){let{Err:e}=Ze;if(nr(r),r<ud)throw new e("integer: negative integers are not allowed");let t=nn(r);if(Number.parseInt(t[0],16)&8&&(t="00"+t),t.length&1)throw new e("unexpected DER parsing assertion: unpadded hex");return t},decode(r){let{Err:e}=Ze;if(r.length<1)throw new e("invalid signature integer: empty");if(r[0]&128)throw new e("invalid signature integer: negative");if(r.length>1&&r[0]===0&&!(r[1]&128))throw new e("invalid signature integer: unnecessary leading zero");return De(r)}},toSig(r,e){let{Err:t,_int:n,_tlv:o}=Ze;if(e!==void 0&&(Ge(e,"maxScalarBytes"),e<1))throw new t("invalid signature: maxScalarBytes must be positive");let s=J(r,void 0,"signature"),{v:i,l:a}=o.decode(48,s);if(a.length)throw new t("invalid signature: left bytes after parsing");let{v:l,l:d}=o.decode(2,i),{v:c,l:u}=o.decode(2,d);if(u.length)throw new t("invalid signature: left bytes after parsing");if(e!==void 0&&(l.length>e||c.length>e))throw new t("invalid signature: integer too large");return{r:n.decode(l),s:n.decode(c)}},hexFromSig(r){let{_tlv:e,_int:t}=Ze;Se(r,{r:"bigint",s:"bigint"},{},"sig");let n=e.encode(2,t.encode(r.r)),o=e.encode(2,t.encode(r.s)),s=n+o;return e.encode(48,s)}},hr=(Object.freeze(Ze._tlv),Object.freeze(Ze._int),Object.freeze(Ze));var _i=(r,e)=>(r+(r>=0?e:-e)/Ti)/e;function fd(r,e,t){Ot("scalar",r,Xe,t);let[[n,o],[s,i]]=e,a=_i(i*r,t),l=_i(-o*r,t),d=r-a*n-l*s,c=-a*o-l*i,u=d<Xe,m=c<Xe;u&&(d=-d),m&&(c=-c);let h=on(Math.ceil(Ct(t)/2))+kt;if(d<Xe||d>=h||c<Xe||c>=h)throw new Error("splitScalar (endomorphism): failed for k");return{k1neg:u,k1:d,k2neg:m,k2:c}}function So(r){if(!["compact","recovered","der"].includes(r))throw new Error('Signature format must be "compact", "recovered", or "der"');return r}function ko(r,e){Se(r);let t={};for(let n of Object.keys(e))t[n]=r[n]===void 0?e[n]:r[n];return Ee(t.lowS,"lowS"),Ee(t.prehash,"prehash"),t.format!==void 0&&So(t.format),t}var Xe=BigInt(0),kt=BigInt(1),Ti=BigInt(2),Eo=BigInt(3),hd=BigInt(4);function Ai(r,e={}){let t=cr("weierstrass",r,e),n=t.Fp,o=t.Fn,s=t.CURVE,{h:i,n:a}=s;Se(e,{},{allowInfinityPoint:"boolean",clearCofactor:"function",isTorsionFree:"function",fromBytes:"function",toBytes:"function",endo:"object",randomBytes:"function"});let{endo:l,allowInfinityPoint:d,clearCofactor:c,isTorsionFree:u,fromBytes:m,toBytes:h}=e,x=e.randomBytes===void 0?vt:e.randomBytes;if(l&&(!n.is0(s.a)||typeof l.beta!="bigint"||!Array.isArray(l.basises)))throw new Error('invalid endo: expected "beta": bigint and "basises": array');let w=l?{beta:l.beta,basises:l.basises.map(E=>[...E])}:void 0,k=Bi(n,o);function N(){if(!n.isOdd)throw new Error("compression is not supported: Field does not have .isOdd()")}function R(E,p,y){if(p.is0()){if(!d)throw new Error("bad point: ZERO");return Uint8Array.of(0)}let{x:$,y:T}=p.toAffine(),B=n.toBytes($);if(Ee(y,"isCompressed"),y){N();let O=!n.isOdd(T);return Ce(Ri(O),B)}else return Ce(Uint8Array.of(4),B,n.toBytes(T))}function b(E){J(E,void 0,"Point");let{publicKey:p,publicKeyUncompressed:y}=k,$=E.length,T=E[0],B=E.subarray(1);if(d&&$===1&&T===0)return{x:n.ZERO,y:n.ZERO};if($===p&&(T===2||T===3)){let O=n.fromBytes(B);if(!n.isValid(O))throw new Error("bad point: is not on curve, wrong x");let L=q(O),P;try{P=n.sqrt(L)}catch(pe){let ae=pe instanceof Error?": "+pe.message:"";throw new Error("bad point: is not on curve, sqrt error"+ae)}N();let Q=n.isOdd(P);return(T&1)===1!==Q&&(P=n.neg(P)),{x:O,y:P}}else if($===y&&T===4){let O=n.BYTES,L=n.fromBytes(B.subarray(0,O)),P=n.fromBytes(B.subarray(O,O*2));if(!U(L,P))throw new Error("bad point: is not on curve");return{x:L,y:P}}else throw new Error(`bad point: got length ${$}, expected compressed=${p} or uncompressed=${y}`)}let S=h===void 0?R:h,C=m===void 0?b:m,K=n.mul(s.b,Eo),W=n.is0(s.a)?E=>n.ZERO:E=>n.mul(s.a,E);function q(E){let p=n.sqr(E),y=n.mul(p,E);return n.add(n.add(y,n.mul(E,s.a)),s.b)}function U(E,p){let y=n.sqr(p),$=q(E);return n.eql(y,$)}if(!U(s.Gx,s.Gy))throw new Error("bad curve params: generator point");let H=n.mul(n.pow(s.a,Eo),hd),X=n.mul(n.sqr(s.b),BigInt(27));if(n.is0(n.add(H,X)))throw new Error("bad curve params: a or b");function z(E,p,y=!1){if(!n.isValid(p)||y&&n.is0(p))throw new Error(`bad point coordinate ${E}`);return typeof p=="object"&&p!==null?n.create(p):p}function Y(E){if(!(E instanceof M))throw new Error("Weierstrass Point expected")}function _(E){if(!w||!w.basises)throw new Error("no endo");return fd(E,w.basises,o.ORDER)}function D(E,p,y,$){if(!o.isValid($))throw new RangeError("invalid scalar: out of range");if(w){let{k1neg:T,k1:B,k2neg:O,k2:L}=_($),P=new M(n.mul(y.X,w.beta),y.Y,y.Z);E.push(T?y.negate():y,O?P.negate():P),p.push(B,L)}else E.push(y),p.push($)}let F=new WeakSet;class M{static BASE=new M(s.Gx,s.Gy,n.ONE);static ZERO=new M(n.ZERO,n.ONE,n.ZERO);static Fp=n;static Fn=o;X;Y;Z;constructor(p,y,$){this.X=z("x",p),this.Y=z("y",y,!0),this.Z=z("z",$),Object.freeze(this)}static CURVE(){return s}static fromAffine(p){let{x:y,y:$}=p||{};if(!p||!n.isValid(y)||!n.isValid($))throw new Error("invalid affine point");if(p instanceof M)throw new Error("projective point not allowed");return n.is0(y)&&n.is0($)?M.ZERO:new M(y,$,n.ONE)}static fromBytes(p){let y=M.fromAffine(C(J(p,void 0,"point")));return y.assertValidity(),y}static fromHex(p){return M.fromBytes(Bt(p))}get x(){return this.toAffine().x}get y(){return this.toAffine().y}precompute(p=6,y=!0){return ie.setWindowSize(this,p),y||this.multiply(Eo),this}assertValidity(){let p=this;if(p.is0()){if(d&&n.is0(p.X)&&n.eql(p.Y,n.ONE)&&n.is0(p.Z))return;throw new Error("bad point: ZERO")}if(F.has(p))return;let{x:y,y:$}=p.toAffine();if(!n.isValid(y)||!n.isValid($))throw new Error("bad point: x or y not field elements");if(!U(y,$))throw new Error("bad point: equation left != right");if(!p.isTorsionFree())throw new Error("bad point: not in prime-order subgroup");F.add(p)}hasEvenY(){let{y:p}=this.toAffine();if(!n.isOdd)throw new Error("Field doesn't support isOdd");return!n.isOdd(p)}equals(p){Y(p);let{X:y,Y:$,Z:T}=this,{X:B,Y:O,Z:L}=p,P=n.eql(n.mul(y,L),n.mul(B,T)),Q=n.eql(n.mul($,L),n.mul(O,T));return P&&Q}negate(){return new M(this.X,n.neg(this.Y),this.Z)}double(){let{X:p,Y:y,Z:$}=this,T=n.ZERO,B=n.ZERO,O=n.ZERO,L=n.mul(p,p),P=n.mul(y,y),Q=n.mul($,$),V=n.mul(p,y);return V=n.add(V,V),O=n.mul(p,$),O=n.add(O,O),T=W(O),B=n.mul(K,Q),B=n.add(T,B),T=n.sub(P,B),B=n.add(P,B),B=n.mul(T,B),T=n.mul(V,T),O=n.mul(K,O),Q=W(Q),V=n.sub(L,Q),V=W(V),V=n.add(V,O),O=n.add(L,L),L=n.add(O,L),L=n.add(L,Q),L=n.mul(L,V),B=n.add(B,L),Q=n.mul(y,$),Q=n.add(Q,Q),L=n.mul(Q,V),T=n.sub(T,L),O=n.mul(Q,P),O=n.add(O,O),O=n.add(O,O),new M(T,B,O)}add(p){Y(p);let{X:y,Y:$,Z:T}=this,{X:B,Y:O,Z:L}=p,P=n.ZERO,Q=n.ZERO,V=n.ZERO,pe=n.mul(y,B),ae=n.mul($,O),we=n.mul(T,L),Ae=n.add(y,$),le=n.add(B,O);Ae=n.mul(Ae,le),le=n.add(pe,ae),Ae=n.sub(Ae,le),le=n.add(y,T);let me=n.add(B,L);return le=n.mul(le,me),me=n.add(pe,we),le=n.sub(le,me),me=n.add($,T),P=n.add(O,L),me=n.mul(me,P),P=n.add(ae,we),me=n.sub(me,P),V=W(le),P=n.mul(K,we),V=n.add(P,V),P=n.sub(ae,V),V=n.add(ae,V),Q=n.mul(P,V),ae=n.add(pe,pe),ae=n.add(ae,pe),we=W(we),le=n.mul(K,le),ae=n.add(ae,we),we=n.sub(pe,we),we=W(we),le=n.add(le,we),pe=n.mul(ae,le),Q=n.add(Q,pe),pe=n.mul(me,le),P=n.mul(Ae,P),P=n.sub(P,pe),pe=n.mul(Ae,ae),V=n.mul(me,V),V=n.add(V,pe),new M(P,Q,V)}subtract(p){return Y(p),this.add(p.negate())}is0(){return this.equals(M.ZERO)}multiply(p){if(!o.isValidNot0(p))throw new RangeError("invalid scalar: out of range");let{p:y,f:$}=ie.mulSecret(this,p,i,te);return te([y,$])[0]}multiplyUnsafe(p){let y=this,$=p;if(!o.isValid($))throw new RangeError("invalid scalar: out of range");if($===Xe||y.is0())return M.ZERO;if($===kt)return y;if(ie.hasWindowSize(this))return ie.mulUnsafe(y,$,te);let T=[],B=[];return D(T,B,y,$),dr(M,T,B)}mulAddUnsafe(p,y,$){Y(y);let T=[],B=[];return D(T,B,this,p),D(T,B,y,$),dr(M,T,B)}toAffine(p){let y=this,$=p;if($!=null&&!n.isValid($))throw new RangeError('"invertedZ" expected valid field element');let{X:T,Y:B,Z:O}=y;if(n.eql(O,n.ONE))return{x:T,y:B};let L=y.is0();$==null&&($=L?n.ONE:n.inv(O));let P=n.mul(T,$),Q=n.mul(B,$),V=n.mul(O,$);if(L)return{x:n.ZERO,y:n.ZERO};if(!n.eql(V,n.ONE))throw new Error("invZ was invalid");return{x:P,y:Q}}isTorsionFree(){return i===kt?!0:u?u(M,this):ie.mulUnsafe(this,a).is0()}clearCofactor(){return i===kt?this:c?c(M,this):this.multiplyUnsafe(i)}isSmallOrder(){return i===kt?this.is0():this.clearCofactor().is0()}toBytes(p=!0){return Ee(p,"isCompressed"),this.assertValidity(),S(M,this,p)}toHex(p=!0){return tn(this.toBytes(p))}toString(){return`<Point ${this.is0()?"ZERO":this.toHex()}>`}}let te=E=>lr(M,E),ie=new Nt(M,x);return ie.bits>=6&&M.BASE.precompute(6),Object.freeze(M.prototype),Object.freeze(M),M}function Ri(r){return Uint8Array.of(r?2:3)}function Bi(r,e){return{secretKey:e.BYTES,publicKey:1+r.BYTES,publicKeyUncompressed:1+2*r.BYTES,publicKeyHasPrefix:!0,signature:2*e.BYTES}}function pd(r,e={}){it(r);let{Fn:t}=r,n=e.randomBytes===void 0?vt:e.randomBytes,o=Object.assign(Bi(r.Fp,t),{seed:Math.max(ar(t.ORDER),16)});function s(h){try{let x=t.fromBytes(h);return t.isValidNot0(x)}catch{return!1}}function i(h,x){let{publicKey:w,publicKeyUncompressed:k}=o;try{let N=h.length;return x===!0&&N!==w||x===!1&&N!==k?!1:!r.fromBytes(h).is0()}catch{return!1}}function a(h){return h=h===void 0?n(o.seed):h,yo(J(h,o.seed,"seed"),t.ORDER)}function l(h,x=!0){return r.BASE.multiply(t.fromBytes(h)).toBytes(x)}function d(h){let{secretKey:x,publicKey:w,publicKeyUncompressed:k}=o,N=t._lengths;if(!ot(h))return;let R=J(h,void 0,"key").length,b=R===w||R===k,S=R===x||!!N?.includes(R);if(!(b&&S))return b}function c(h,x,w=!0){if(d(h)===!0)throw new Error("first arg must be private key");if(d(x)===!1)throw new Error("second arg must be public key");let k=t.fromBytes(h),N=r.fromBytes(x);if(N.is0())throw new Error("invalid public key: point at infinity");return N.multiply(k).toBytes(w)}let u={isValidSecretKey:s,isValidPublicKey:i,randomSecretKey:a},m=ur(a,l);return Object.freeze(u),Object.freeze(o),Object.freeze({getPublicKey:l,getSharedSecret:c,keygen:m,Point:r,utils:u,lengths:o})}function Oi(r,e,t={}){it(r);let n=e;Yn(n),Se(t,{},{hmac:"function",lowS:"boolean",randomBytes:"function",bits2int:"function",bits2int_modN:"function"});let o=Object.assign({},t),s=o.randomBytes===void 0?vt:o.randomBytes,i=o.hmac===void 0?(E,p)=>Si(n,E,p):o.hmac,{Fp:a,Fn:l}=r,{ORDER:d,BITS:c}=l,u=ar(d),m=vo(s,u),{keygen:h,getPublicKey:x,getSharedSecret:w,utils:k,lengths:N}=pd(r,o),R={prehash:!0,lowS:typeof o.lowS=="boolean"?o.lowS:!0,format:"compact",extraEntropy:!1},b=d*Ti+kt<a.ORDER;function S(E){let p=d>>kt;return E>p}function C(E,p){if(!l.isValidNot0(p))throw new Error(`invalid signature ${E}: out of range 1..Point.Fn.ORDER`);return p}function K(){if(!a.isOdd)throw new Error("Field doesn't support isOdd")}function W(E,p,y){return K(),(E===y?0:2)|Number(a.isOdd(p))}function q(){if(b)throw new Error('"recovered" sig type is not supported for cofactor >2 curves')}function U(E,p){So(p);let y=N.signature,$=p==="compact"?y:p==="recovered"?y+1:void 0;return J(E,$)}class H{r;s;recovery;constructor(p,y,$){if(this.r=C("r",p),this.s=C("s",y),$!=null){if(q(),![0,1,2,3].includes($))throw new Error("invalid recovery id");this.recovery=$}Object.freeze(this)}static fromBytes(p,y=R.format){U(p,y);let $;if(y==="der"){if(p.length>2*l.BYTES+16)throw new hr.Err("invalid signature: DER signature too long");let{r:L,s:P}=hr.toSig(J(p),l.BYTES+1);return new H(L,P)}y==="recovered"&&($=p[0],y="compact",p=p.subarray(1));let T=N.signature/2,B=p.subarray(0,T),O=p.subarray(T,T*2);return new H(l.fromBytes(B),l.fromBytes(O),$)}static fromHex(p,y){return this.fromBytes(Bt(p),y)}assertRecovery(){let{recovery:p}=this;if(p==null)throw new Error("invalid recovery id: must be present");return p}addRecoveryBit(p){return new H(this.r,this.s,p)}recoverPublicKey(p){let{r:y,s:$}=this,T=this.assertRecovery(),B=T===2||T===3?y+d:y;if(!a.isValid(B))throw new Error("invalid recovery id: sig.r+curve.n != R.x");let O=a.toBytes(B),L=r.fromBytes(Ce(Ri((T&1)===0),O)),P=l.inv(B),Q=z(J(p,void 0,"msgHash")),V=l.create(-Q*P),pe=l.create($*P),ae=r.BASE.mulAddUnsafe(V,L,pe);if(ae.is0())throw new Error("invalid recovery: point at infinify");return ae.assertValidity(),ae}hasHighS(){return S(this.s)}toBytes(p=R.format){if(So(p),p==="der")return Bt(hr.hexFromSig(this));let{r:y,s:$}=this,T=l.toBytes(y),B=l.toBytes($);return p==="recovered"?(q(),Ce(Uint8Array.of(this.assertRecovery()),T,B)):Ce(T,B)}toHex(p){return tn(this.toBytes(p))}}Object.freeze(H.prototype),Object.freeze(H);let X=o.bits2int===void 0?function(p){if(p.length>8192)throw new Error("input is too large");let y=De(p),$=p.length*8-c;return $>0?y>>BigInt($):y}:o.bits2int,z=o.bits2int_modN===void 0?function(p){return l.create(X(p))}:o.bits2int_modN,Y=on(c);function _(E){return Ot("num < 2^"+c,E,Xe,Y),l.toBytes(E)}function D(E,p){return J(E,void 0,"message"),p?J(n(E),void 0,"prehashed message"):E}function F(E,p,y){let{lowS:$,prehash:T,extraEntropy:B}=ko(y,R);E=D(E,T);let O=z(E),L=l.fromBytes(p);if(!l.isValidNot0(L))throw new Error("invalid private key");let P=[_(L),_(O)];if(B!=null&&B!==!1){let ae=B===!0?s(N.secretKey):B;P.push(J(ae,void 0,"extraEntropy"))}let Q=Ce(...P),V=O;function pe(ae){let we=X(ae);if(!l.isValidNot0(we))return;let Ae=r.BASE.multiply(we).toAffine(),le=l.create(Ae.x);if(le===Xe)return;let me;if(m!==void 0){let zt=De(yo(m(u),d)),el=l.inv(l.mul(zt,we)),tl=l.mul(zt,V),nl=l.mul(zt,L);me=l.create(el*l.create(tl+nl*le))}else{let zt=mi(we,d);me=l.create(zt*l.create(V+le*L))}if(me===Xe)return;let Pr=W(Ae.x,Ae.y,le),ts=me;return $&&S(me)&&(ts=l.neg(me),Pr^=1),new H(le,ts,b?void 0:Pr)}return{seed:Q,k2sig:pe}}function M(E,p,y={}){let{seed:$,k2sig:T}=F(E,p,y);return ai(n.outputLen,l.BYTES,i)($,T).toBytes(y.format)}function te(E,p,y,$={}){let{lowS:T,prehash:B,format:O}=ko($,R);if(y=J(y,void 0,"publicKey"),p=D(p,B),!ot(E)){let L=E instanceof H?", use sig.toBytes()":"";throw new Error("verify expects Uint8Array signature"+L)}U(E,O);try{let L=H.fromBytes(E,O),P=r.fromBytes(y);if(P.is0()||T&&L.hasHighS())return!1;let{r:Q,s:V}=L,pe=z(p),ae=l.inv(V),we=l.create(pe*ae),Ae=l.create(Q*ae),le=r.BASE.mulAddUnsafe(we,P,Ae);if(le.is0())return!1;let me=le.toAffine();return!(l.create(me.x)!==Q||O==="recovered"&&L.recovery!==W(me.x,me.y,Q))}catch{return!1}}function ie(E,p,y={}){let{prehash:$}=ko(y,R);return p=D(p,$),H.fromBytes(E,"recovered").recoverPublicKey(p).toBytes()}return Object.freeze({keygen:h,getPublicKey:x,getSharedSecret:w,utils:k,lengths:N,Point:r,sign:M,verify:te,recoverPublicKey:ie,Signature:H,hash:n})}var md={p:BigInt("0xffffffff00000001000000000000000000000000ffffffffffffffffffffffff"),n:BigInt("0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"),h:BigInt(1),a:BigInt("0xffffffff00000001000000000000000000000000fffffffffffffffffffffffc"),b:BigInt("0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b"),Gx:BigInt("0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"),Gy:BigInt("0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5")};var gd=Ai(md),Ci=Oi(gd,Rt);var Et=32,yd=Uint8Array.of(0),wd=Uint8Array.of(1);function Fe(r){if(r.length!==Et)throw new v("format",`a hash has ${Et} bytes, not ${r.length}`);return r}function $e(r){return Rt(r)}function To(r){return be(yd,r)}function pr(r){return $e(To(r))}function _o(r,e){return be(wd,r,e)}function Mi(r,e){return $e(_o(r,e))}var bd=$e(new Uint8Array),ln=class ln{constructor(e,t){this.size=e;this.peaks=t;if(!Number.isSafeInteger(e)||e<0||t.length!==xd(e))throw new v("format",`a tree of ${e} entries does not have ${t.length} complete subtrees`)}append(e){let t=[...this.peaks],n=this.size;for(let o of e){let s=o;for(let i=n;i%2===1;i=Math.floor(i/2)){let a=t.pop();if(a===void 0)throw new Error("bad math in Frontier.append");s=Mi(a,s)}t.push(s),n+=1}return new ln(n,t)}root(){return this.peaks.length===0?bd:this.peaks.reduceRight((e,t)=>Mi(t,e))}};ln.EMPTY=new ln(0,[]);var Lt=ln;function Ni(r,e,t){let n=[],[o,s]=[e,r-1];for(let i of t){if(s===0)return null;if(o%2===1||o===s)for(n.push(a=>_o(i,a));o%2===0&&o>0;s=Math.floor(s/2))o=o/2;else n.push(a=>_o(a,i));[o,s]=[Math.floor(o/2),Math.floor(s/2)]}return s===0?n:null}function Li(r,e){return e.reduce((t,n)=>$e(n(t)),r)}function xd(r){let e=0;for(let t=r;t>0;t=Math.floor(t/2))e+=t%2;return e}var mr=BigInt(0),gr=BigInt(1),yr=BigInt(2),vd=BigInt(4),Ui=BigInt(8);function $d(r,e,t,n){let o=r.sqr(t),s=r.sqr(n),i=r.add(r.mul(e.a,o),s),a=r.add(r.ONE,r.mul(e.d,r.mul(o,s)));return r.eql(i,a)}function Hi(r,e={}){Se(e,{},{},"extraOpts");let t=e,n=cr("edwards",r,t,t.FpFnLE),{Fp:o,Fn:s}=n,i=n.CURVE,{h:a}=i;if(sn(o,i.a)!==1)throw new Error("edwards: CURVE.a must be a square in Fp for complete addition formulas");if(sn(o,i.d)!==-1)throw new Error("edwards: CURVE.d must be a non-square in Fp for complete addition formulas");Se(t,{},{uvRatio:"function",randomBytes:"function"});let l=t.randomBytes===void 0?vt:t.randomBytes,d=yr<<BigInt(o.BYTES*8)-gr;function c(R){if(!o.isOdd)throw new Error("Field does not have .isOdd()");return o.isOdd(R)}let u=t.uvRatio===void 0?(R,b)=>{try{return{isValid:!0,value:o.sqrt(o.div(R,b))}}catch{return{isValid:!1,value:mr}}}:t.uvRatio;if(!$d(o,i,i.Gx,i.Gy))throw new Error("bad curve params: generator point");let m=o.eql(i.a,o.neg(o.ONE))?R=>o.neg(R):o.eql(i.a,o.ONE)?R=>R:R=>o.mul(i.a,R);function h(R,b,S=!1){let C=S?gr:mr;return Ot("coordinate "+R,b,C,d),b}function x(R){if(!(R instanceof w))throw new Error("EdwardsPoint expected")}class w{static BASE=new w(i.Gx,i.Gy,o.ONE,o.mul(i.Gx,i.Gy));static ZERO=new w(o.ZERO,o.ONE,o.ONE,o.ZERO);static Fp=o;static Fn=s;X;Y;Z;T;constructor(b,S,C,K){this.X=h("x",b),this.Y=h("y",S),this.Z=h("z",C,!0),this.T=h("t",K),Object.freeze(this)}static CURVE(){return i}static fromAffine(b){if(b instanceof w)throw new Error("extended point not allowed");let{x:S,y:C}=b||{};return h("x",S),h("y",C),new w(S,C,o.ONE,o.mul(S,C))}static fromBytes(b,S=!1){let C=o.BYTES,{a:K,d:W}=i;b=rn(J(b,C,"point")),Ee(S,"zip215");let q=rn(b),U=b[C-1];q[C-1]=U&-129;let H=$t(q),X=S?d:o.ORDER;Ot("point.y",H,mr,X);let z=o.sqr(H),Y=o.sub(z,o.ONE),_=o.sub(o.mulN(W,z),K),{isValid:D,value:F}=u(Y,_);if(!D)throw new Error("bad point: invalid y coordinate");let M=c(F),te=(U&128)!==0;if(!S&&o.is0(F)&&te)throw new Error("bad point: x=0 and x_0=1");return te!==M&&(F=o.neg(F)),w.fromAffine({x:F,y:H})}static fromHex(b,S=!1){return w.fromBytes(Bt(b),S)}get x(){return this.toAffine().x}get y(){return this.toAffine().y}precompute(b=6,S=!0){return N.setWindowSize(this,b),S||this.multiply(yr),this}assertValidity(){let b=this,{a:S,d:C}=i;if(b.is0())throw new Error("bad point: ZERO");let{X:K,Y:W,Z:q,T:U}=b,H=o.sqr(K),X=o.sqr(W),z=o.sqr(q),Y=o.sqr(z),_=o.mul(H,S),D=o.mul(o.add(_,X),z),F=o.add(Y,o.mul(C,o.mul(H,X)));if(!o.eql(D,F))throw new Error("bad point: equation left != right (1)");let M=o.mul(K,W),te=o.mul(q,U);if(!o.eql(M,te))throw new Error("bad point: equation left != right (2)")}equals(b){x(b);let{X:S,Y:C,Z:K}=this,{X:W,Y:q,Z:U}=b,H=o.mul(S,U),X=o.mul(W,K),z=o.mul(C,U),Y=o.mul(q,K);return o.eql(H,X)&&o.eql(z,Y)}is0(){return this.equals(w.ZERO)}negate(){return new w(o.neg(this.X),this.Y,this.Z,o.neg(this.T))}double(){let{X:b,Y:S,Z:C}=this,K=o.sqr(b),W=o.sqr(S),q=o.mul(o.sqr(C),yr),U=m(K),H=o.addN(b,S),X=o.sub(o.subN(o.sqr(H),K),W),z=o.addN(U,W),Y=o.subN(z,q),_=o.subN(U,W),D=o.mul(X,Y),F=o.mul(z,_),M=o.mul(X,_),te=o.mul(Y,z);return new w(D,F,te,M)}add(b){x(b);let{d:S}=i,{X:C,Y:K,Z:W,T:q}=this,{X:U,Y:H,Z:X,T:z}=b,Y=o.mul(C,U),_=o.mul(K,H),D=o.mul(o.mulN(q,S),z),F=o.mul(W,X),M=o.sub(o.subN(o.mulN(o.addN(C,K),o.addN(U,H)),Y),_),te=o.subN(F,D),ie=o.addN(F,D),E=o.sub(_,m(Y)),p=o.mul(M,te),y=o.mul(ie,E),$=o.mul(M,E),T=o.mul(te,ie);return new w(p,y,T,$)}subtract(b){return x(b),this.add(b.negate())}multiply(b){if(!s.isValidNot0(b))throw new RangeError("invalid scalar: expected 1 <= sc < curve.n");let{p:S,f:C}=N.mulSecret(this,b,a,k);return k([S,C])[0]}multiplyUnsafe(b){if(!s.isValid(b))throw new RangeError("invalid scalar: expected 0 <= sc < curve.n");return b===mr?w.ZERO:this.is0()||b===gr?this:N.mulUnsafe(this,b,k)}isSmallOrder(){return this.clearCofactor().is0()}isTorsionFree(){return N.mulUnsafe(this,i.n).is0()}toAffine(b){let S=this,C=b;if(C!=null&&typeof C!="bigint")throw new TypeError('"invertedZ" expected bigint, got type='+typeof C);let{X:K,Y:W,Z:q}=S,U=S.is0();C==null&&(C=U?o.create(Ui):o.inv(q));let H=o.mul(K,C),X=o.mul(W,C),z=o.mul(q,C);if(U)return{x:o.ZERO,y:o.ONE};if(!o.eql(z,o.ONE))throw new Error("invZ was invalid");return{x:H,y:X}}clearCofactor(){return a===gr?this:a===yr?this.double():a===vd?this.double().double():a===Ui?this.double().double().double():this.multiplyUnsafe(a)}toBytes(){let{x:b,y:S}=this.toAffine(),C=o.toBytes(S);return C[C.length-1]|=c(b)?128:0,C}toHex(){return tn(this.toBytes())}toString(){return`<Point ${this.is0()?"ZERO":this.toHex()}>`}}let k=R=>lr(w,R),N=new Nt(w,l);return N.bits>=6&&w.BASE.precompute(6),Object.freeze(w.prototype),Object.freeze(w),w}function Pi(r,e,t={}){if(it(r),typeof e!="function")throw new Error('"hash" function param is required');let n=e,o=t;Se(o,{},{adjustScalarBytes:"function",randomBytes:"function",domain:"function",prehash:"function",zip215:"boolean",mapToCurve:"function",toMontgomery:"function",toMontgomerySecret:"function"});let{prehash:s}=o,{BASE:i,Fp:a,Fn:l}=r,d=n.outputLen,c=2*a.BYTES;if(d!==void 0&&(Ge(d,"hash.outputLen"),d!==c))throw new Error(`hash.outputLen must be ${c}, got ${d}`);let u=o.randomBytes===void 0?vt:o.randomBytes,m=o.toMontgomery,h=o.toMontgomerySecret,x=o.adjustScalarBytes===void 0?_=>_:o.adjustScalarBytes,w=o.domain===void 0?(_,D,F)=>{if(Ee(F,"phflag"),D.length||F)throw new Error("Contexts/pre-hash are not supported");return _}:o.domain;function k(_){return l.create($t(_))}function N(_){let D=U.secretKey;J(_,U.secretKey,"secretKey");let F=J(n(_),2*D,"hashedSecretKey"),M=x(F.slice(0,D)),te=F.slice(D,2*D),ie=k(M);return{head:M,prefix:te,scalar:ie}}function R(_){let{head:D,prefix:F,scalar:M}=N(_),te=i.multiply(M),ie=te.toBytes();return{head:D,prefix:F,scalar:M,point:te,pointBytes:ie}}function b(_){return R(_).pointBytes}function S(_=Uint8Array.of(),...D){let F=Ce(...D);return k(n(w(F,J(_,void 0,"context"),!!s)))}function C(_,D,F={}){Se(F,{},{},"options"),_=rn(J(_,void 0,"message")),s&&(_=s(_));let{prefix:M,scalar:te,pointBytes:ie}=R(D),E=S(F.context,M,_),p=i.multiply(E).toBytes(),y=S(F.context,p,ie,_),$=l.create(E+y*te);if(!l.isValid($))throw new Error("sign failed: invalid s");let T=Ce(p,l.toBytes($));return J(T,U.signature,"result")}let K={zip215:o.zip215};function W(_,D,F,M=K){Se(M);let{context:te}=M,ie=M.zip215===void 0?!!K.zip215:M.zip215,E=U.signature;_=J(_,E,"signature"),D=J(D,void 0,"message"),F=J(F,U.publicKey,"publicKey"),ie!==void 0&&Ee(ie,"zip215"),s&&(D=s(D));let p=E/2,y=_.subarray(0,p),$=$t(_.subarray(p,E)),T,B,O;try{T=r.fromBytes(F,ie),B=r.fromBytes(y,ie),O=i.multiplyUnsafe($)}catch{return!1}if(!ie&&T.isSmallOrder())return!1;let L=S(te,y,F,D);return B.add(T.multiplyUnsafe(L)).subtract(O).clearCofactor().is0()}let q=a.BYTES,U={secretKey:q,publicKey:q,signature:2*q,seed:q};function H(_){return _=_===void 0?u(U.seed):_,J(_,U.seed,"seed")}function X(_){return ot(_)&&_.length===U.secretKey}function z(_,D){try{return!!r.fromBytes(_,D===void 0?K.zip215:D)}catch{return!1}}let Y={getExtendedPublicKey:R,randomSecretKey:H,isValidSecretKey:X,isValidPublicKey:z,toMontgomery(_){if(m===void 0)throw new Error("Montgomery conversion is not supported for this curve");return m(r.fromBytes(_))},toMontgomerySecret(_){if(h===void 0)throw new Error("Montgomery conversion is not supported for this curve");return h(_)}};return Object.freeze(U),Object.freeze(Y),Object.freeze({keygen:ur(H,b),getPublicKey:b,sign:C,verify:W,utils:Y,Point:r,lengths:U})}var Ao=BigInt(1),Ii=BigInt(2);var kd=BigInt(5),Ed=BigInt(8),Ro=BigInt("0x7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed"),Sd={p:Ro,n:BigInt("0x1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed"),h:Ed,a:BigInt("0x7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffec"),d:BigInt("0x52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3"),Gx:BigInt("0x216936d3cd6e53fec0a4e231fdd6dc5c692cc7609525a7b2c9562d608f25d51a"),Gy:BigInt("0x6666666666666666666666666666666666666666666666666666666666666658")};function _d(r){let e=BigInt(10),t=BigInt(20),n=BigInt(40),o=BigInt(80),s=Ro,a=r*r%s*r%s,l=He(a,Ii,s)*a%s,d=He(l,Ao,s)*r%s,c=He(d,kd,s)*d%s,u=He(c,e,s)*c%s,m=He(u,t,s)*u%s,h=He(m,n,s)*m%s,x=He(h,o,s)*h%s,w=He(x,o,s)*h%s,k=He(w,e,s)*c%s;return{pow_p_5_8:He(k,Ii,s)*r%s,b2:a}}function zi(r){return r[0]&=248,r[31]&=127,r[31]|=64,r}var Di=BigInt("19681161376707505956807079304988542015446066515923890162744021073123829784752");function Td(r,e){let t=Ro,n=fe(e*e*e,t),o=fe(n*n*e,t),s=_d(r*o).pow_p_5_8,i=fe(r*n*s,t),a=fe(e*i*i,t),l=i,d=fe(i*Di,t),c=a===r,u=a===fe(-r,t),m=a===fe(-r*Di,t);return c&&(i=l),(u||m)&&(i=d),wi(i,t)&&(i=fe(-i,t)),{isValid:c||u,value:i}}var Bo=Hi(Sd,{uvRatio:Td}),Fi=Bo.Fp;function Ad(r){let{y:e}=r;return Fi.toBytes(Fi.div(Ao+e,Ao-e))}function Rd(r){let e=Bo.Fp.BYTES;return Oe(r,e),zi(Jn(r.subarray(0,e))).subarray(0,e)}function Bd(r){return Pi(Bo,Jn,Object.assign({adjustScalarBytes:zi,toMontgomery:Ad,toMontgomerySecret:Rd,zip215:!0},r))}var qi=Bd({});var Od=100,wr=4,br=1,dn=4,xr=6,Cd=new Map([[br,32],[dn,32],[xr,1312]]),Md=64,Ki="— ";function Ut(r){let e=vr(r);if(e.type!==br)throw new v("format","the log's key is not an Ed25519 key (type 1, 32 bytes)");return e}function vr(r){let[e,t,n,...o]=Ld(r);if(e===void 0||t===void 0||n===void 0||o.length>0)throw new v("format","a key has the form name+keyid+base64");Wi(e);let s=Le(n,`the key of ${e}`),[i=0]=s;if(Cd.get(i)!==s.length-1)throw new v("format",`the key of ${e} is of type ${i} with ${s.length-1} bytes: of no known type`);let a=Rt(be(new TextEncoder().encode(`${e}
`),s)).slice(0,wr);if(ue(a)!==t)throw new v("format",`the key of ${e} has the id ${ue(a)}, but says ${t}`);return{name:e,type:i,keyId:a,publicKey:s.slice(1)}}function Ht(r,e){let{text:t,signatures:n}=$r(r,e);for(let o of n)if(!un(o,t,e.publicKey))throw new v("signature",`the signature of ${e.name} over this head is wrong`);return Oo(t,e)}function $r(r,e){let{text:t,lines:n}=cn(r),o=n.filter(s=>Co(s,e)).map(({signature:s})=>s);if(o.length===0)throw new v("signature",`the log's key ${e.name} has not signed this head`);return{text:t,signatures:o}}function Oo(r,e){let t=Nd(r);if(t.origin!==e.name)throw new v("origin",`the head is of the log ${t.origin}, not of ${e.name}`);return t}function Co(r,e){return r.name===e.name&&xe(r.keyId,e.keyId)}function cn(r){let e=St(r,"the head"),t=e.lastIndexOf(`

`);if(t<0||!e.endsWith(`
`)||t+2===e.length)throw new v("format","a signed note is a text, an empty line, and lines of signatures");let n=e.slice(0,t+1);if(/[\u0000-\u0009\u000b-\u001f]/.test(n))throw new v("format","the head has control characters");let o=e.slice(t+2,-1).split(`
`);if(o.length>Od)throw new v("format",`a head with ${o.length} signatures`);return{text:new TextEncoder().encode(n),lines:o.map(ji)}}function Vi(r){let[e,...t]=St(r,"the list of signatures").split(`
`).reverse();if(e!=="")throw new v("format","the last line of signatures does not end");return t.reverse().map(ji)}function ji(r){let e=r.startsWith(Ki)?r.slice(Ki.length).split(" "):[],[t,n]=e;if(t===void 0||n===void 0||e.length!==2)throw new v("format","a signature line has the form '— name base64'");Wi(t);let o=Le(n,`the signature of ${t}`);if(o.length<=wr)throw new v("format",`the signature of ${t} is empty`);return{name:t,keyId:o.slice(0,wr),signature:o.slice(wr)}}function Nd(r){let[e,t,n,o,...s]=St(r,"the checkpoint").split(`
`);if(!e||t===void 0||n===void 0||o!==""||s.length>0)throw new v("format","a checkpoint has three lines: origin, size and root");return{origin:e,size:Vn(t,"the checkpoint's size"),root:Fe(Le(n,"the checkpoint's root"))}}function un(r,e,t){return r.length!==Md?!1:qi.verify(r,e,t,{zip215:!1})}function Ld(r){let e=r.indexOf("+"),t=r.indexOf("+",e+1);return e<0||t<0?[]:[r.slice(0,e),r.slice(e+1,t),r.slice(t+1)]}function Wi(r){if(r===""||/[\s+\p{White_Space}]/u.test(r))throw new v("format",`a key's name has no spaces and no plus sign, unlike ${JSON.stringify(r)}`)}function St(r,e){try{return new TextDecoder("utf-8",{fatal:!0,ignoreBOM:!0}).decode(r)}catch{throw new v("format",`${e} is not UTF-8`)}}var Ud=8,Hd=16,Mo=new TextEncoder().encode("local-vpp device\0"),Pd=4,Id=new Map([[-8,"ed25519"],[-19,"ed25519"],[-7,"es256"],[-9,"es256"]]),Dd={ed25519:39,es256:38},Fd={ed25519:32,es256:65};function No(r){let e=Id.get(r);if(e===void 0)throw new j("field",`the algorithm ${String(r)} is none of records`);return e}function kr(r,e){let t=No(r);if(e.length!==Fd[t])throw new j("field",`a key of ${e.length} bytes`);return{algorithm:t,data:e}}function Pt({data:r}){return ue($e(r).slice(0,Ud))}function Yi({data:r}){let e=new Uint8Array(Mo.length+r.length);return e.set(Mo),e.set(r,Mo.length),ue($e(e).slice(0,Hd))}function Gi({algorithm:r,data:e},t){let n=Uint8Array.of(Dd[r]);return $e(Xt(mt("local-vpp next key"),mt(t),n,We(e)))}function Lo({algorithm:r,data:e},t,n){if(r==="ed25519")return un(t,n,e);if(e[0]!==Pd||t.length!==64)return!1;try{return Ci.verify(t,n,e,{lowS:!0,prehash:!0})}catch{return!1}}var zd=4096,qd="application/vnd.local-vpp.etp+cbor",Kd=1,Er=32,Uo=16,Vd=8,Zi=64,jd=168,Xi=9,Wd=11,Yd=["begin","interval","end","tariff_change","exception","gap","enrol","rotate","revoke","raw","transfer","witness","mirror","settled","suspend","reinstate","erased","supply","drill","orders","book","cleared"],Gd=1+We(new Uint8Array(Er)).length,Zd=["enrol","rotate","witness","mirror"],Xd=["revoke","suspend","reinstate","erased"];function Qi(r){return ea(r).payload[0]!==jd}function Sr(r){let e=ea(r),{algorithm:t,keyId:n,issuer:o,subject:s}=Jd(e.protectedHeader),i=new Qe(gt(e.payload,"the envelope's payload"),"the envelope");i.exactly(0,"version",Kd);let a=ue(i.bytes(1,"device",Uo));i.unsigned(2,"epoch");let l=i.unsigned(3,"seq");i.bytes(4,"prev",Er);let d=Yd[i.unsigned(5,"kind")],c=i.unsigned(6,"slot"),u=i.bytes(7,"commitment",Er),m=i.optional(8,k=>ec(i.list(k,"enrolled key"))),h=i.optional(Xi,k=>i.bytes(k,"proof of possession",Zi)),x=i.optional(10,k=>i.bytes(k,"device concerned",Uo)),w=i.optional(Wd,k=>i.bytes(k,"next key",Er));if(i.end(),d===void 0)throw new j("field","the envelope is of a kind that this page does not know");if(l<1)throw new j("field","the envelope: seq is 0, the first record has 1");if(o!==`urn:local-vpp:device:${a}`)throw new j("field",`the envelope names the issuer ${o}, but the device ${a}`);if(m!==null!==Zd.includes(d)||h!==null!=(d==="rotate")||x!==null!==Xd.includes(d)||!(d==="rotate"||w!==null==(d==="enrol"&&m?.device===a)))throw new j("field",`the envelope: a ${d} record has other fields than these`);return{device:a,building:s,seq:l,kind:d,slot:c,commitment:u,algorithm:t,keyId:n,named:m,possession:h,nextKey:w,parts:e}}function hn({algorithm:r,keyId:e,parts:t},n){return r!==n.algorithm||e!==Pt(n)?!1:Lo(n,t.signature,Ho(t))}function Ho({protectedHeader:r,payload:e}){return Xt(mt("Signature1"),We(r),We(new Uint8Array),We(e))}function Ji({building:r,named:e,possession:t,nextKey:n,parts:o}){if(e===null||t===null)return!1;let s=Xt(mt("local-vpp rotate"),mt(r),We(Qd(o.payload,n===null?0:Gd)));return Lo(e.key,t,s)}function Qd(r,e){let t=be(Uint8Array.of(Xi),We(new Uint8Array(Zi))),n=r.length-e;return be(Uint8Array.of((r[0]??0)-1),r.slice(1,n-t.length),r.slice(n,r.length))}function ea(r){if(r.length>zd)throw new j("encoding",`the envelope has ${r.length} bytes`);if(r[0]!==210||r[1]!==132)throw new j("encoding","the envelope is not a tagged COSE_Sign1");let[e,t,n,o]=gt(r.slice(1),"the envelope");if(!fn(e)||!(t instanceof Map)||!fn(n)||!fn(o))throw new j("field","the envelope is not a COSE_Sign1 of four parts");if(t.size>0)throw new j("field","the envelope has headers that nobody signed");return{protectedHeader:e,payload:n,signature:o}}function Jd(r){let e=new Qe(gt(r,"the protected header"),"the protected header"),t=No(e.integer(1,"algorithm")),n=new Qe(e.map(15,"claims"),"the claims"),o=e.text(3,"content type"),s=ue(e.bytes(4,"key id",Vd));e.end();let[i,a]=[n.text(1,"issuer",200),n.text(2,"subject",200)];if(n.end(),o!==qd)throw new j("field",`the content type is ${o}`);return{algorithm:t,keyId:s,issuer:i,subject:a}}function ec([r,e,t,...n]){if(!fn(r)||r.length!==Uo||e===void 0||!fn(t)||n.length)throw new j("field","the envelope: a named key is [device, algorithm, public key]");return{device:ue(r),key:kr(e,t)}}function fn(r){return r instanceof Uint8Array}var tc={ed25519:-8,es256:-7},_r=class r{constructor(e,t,n,o,s){this.origin=e;this.entries=t;this.building=n;this.nextKey=o;this.lines=s}static begin(e,t=null){if(t===null)return new r(e,0,null,null,new Map);try{let{entries:n,building:o,nextKey:s,lines:i}=JSON.parse(t);if(!Number.isSafeInteger(n))throw new TypeError("no number of entries");if(typeof s=="string"!=(typeof o=="string"))throw new TypeError("no next key");return new r(e,n,o,s,new Map(i.map(nc)))}catch(n){throw rc(n)?new v("format",`what was kept of the log's keys is not readable: ${n.message}`):n}}get size(){return this.entries}keyAt(e,t){return this.lines.get(e)?.keys.findLast(({from:n})=>n<=t)?.key??null}witness(e){return this.lines.get(e)?.witness?.data??null}take(e,t){if(e<this.entries)return;if(e>this.entries)throw new Error(`bad math in take: entry ${e} after ${this.entries}`);this.entries=e+1;let n=oc(t);n!==null&&this.enter(e,n)}copy(){return new r(this.origin,this.entries,this.building,this.nextKey,new Map(this.lines))}encode(){let e={entries:this.entries,building:this.building,nextKey:this.nextKey,lines:[...this.lines].map(([t,{keys:n,witness:o}])=>[t,n.map(({from:s,key:i})=>[s,ta(i)]),o&&ta(o)])};return JSON.stringify(e)}enter(e,t){let{device:n,kind:o,named:s,building:i,nextKey:a}=t;if(s===null||i!==this.origin||!this.isSigned(e,t))return;let l=e+1,d=this.lines.get(s.device);if(o==="enrol"){if(d!==void 0||n!==(this.building??s.device))return;this.building===null&&(this.building=n,this.nextKey=a&&ue(a)),this.lines.set(s.device,{keys:[{from:l,key:s.key}],witness:null})}else if(d!==void 0&&n===s.device){if(o==="witness")this.lines.set(n,{...d,witness:s.key});else if(o==="rotate"&&Ji(t)){if(a!==null!=(n===this.building))return;if(a!==null){if(ue(Gi(s.key,this.origin))!==this.nextKey)return;this.nextKey=ue(a)}this.lines.set(n,{...d,keys:[...d.keys,{from:l,key:s.key}]})}}}isSigned(e,t){let{device:n,named:o}=t;if(this.building!==null){let s=this.keyAt(n,e);return s!==null&&hn(t,s)}return o!==null&&o.device===n&&Yi(o.key)===n&&hn(t,o.key)}};function ta({algorithm:r,data:e}){return[tc[r],Pe(e)]}function nc([r,e,t]){let n=([o,s])=>kr(o,Le(s,"a key that was kept"));return[r,{keys:e.map(([o,s])=>({from:o,key:n(s)})),witness:t&&n(t)}]}function rc(r){return[SyntaxError,TypeError,v,j].some(e=>r instanceof e)}function oc(r){try{return Qi(r)?Sr(r):null}catch(e){if(!(e instanceof j))throw e;return null}}var Me=256;function*sc(r,e){for(let t=r;t<e;t+=Me)yield{index:t/Me,width:Math.min(Me,e-t)}}function ic(r,e){return`tile/${r}/${oa(e)}`}function ac(r){return`tile/entries/${oa(r)}`}function lc(r,e,t){if(r.length!==e*Et)throw new v("format",`${t} has ${r.length} bytes, not ${e*Et}`);return Array.from({length:e},(n,o)=>Fe(r.slice(o*Et,(o+1)*Et)))}function dc(r,e,t){let n=new DataView(r.buffer,r.byteOffset,r.byteLength),o=[],s=0;for(let i=0;i<e;i+=1){let a=s+2;if(a>r.length||a+n.getUint16(s)>r.length)throw new v("format",`${t} ends inside its entry ${i} of ${e}`);s=a+n.getUint16(s),o.push(r.slice(a,s))}if(s!==r.length)throw new v("format",`${t} has ${r.length-s} bytes after its entries`);return o}var cc=4;async function*na(r,e,t){let n=[];for(let o of sc(e,t)){let s=Promise.all([uc(r,o),fc(r,0,o)]).then(([i,a])=>({span:o,entries:i,tile:a}));s.catch(()=>{}),n.push(s),n.length>cc&&(yield await n.shift())}for(let o of n)yield await o}async function uc(r,e){let{data:t,width:n,path:o}=await ra(r,e,ac);return dc(t,n,o).slice(0,e.width)}async function fc(r,e,t){let{data:n,width:o,path:s}=await ra(r,t,i=>ic(e,i));return lc(n,o,s).slice(0,t.width)}async function ra(r,e,t){let n={index:e.index,width:Me},o=e.width===Me?[n]:[e,n];for(let s of o){let i=t(s);try{return{data:await r.read(i),width:s.width,path:i}}catch(a){if(!(a instanceof Re))throw a}}throw new v("missing",`the log has signed for ${t(e)} and does not have it`)}function oa({index:r,width:e}){let t=[String(r%1e3).padStart(3,"0")];for(let o=Math.floor(r/1e3);o>0;o=Math.floor(o/1e3))t.unshift(`x${String(o%1e3).padStart(3,"0")}`);let n=t.join("/");return e===Me?n:`${n}.p/${e}`}var sa=1024,Tr=class{constructor(e,t,n,o=null){this.key=e;this.files=t;this.begin=n;this.known=o;this.names=new Map;this.readUpTo=null;this.readEntries=this.goOn()}get verified(){return this.known}get entries(){return this.readEntries}holds(e,t){let n=this.names.get(e);return n===void 0?null:n===t}forget(){this.known=null,this.readUpTo=null,this.names.clear(),this.readEntries=this.begin(null)}async check(e,t=!1,n=()=>{}){let o=Ht(e,this.key),s=this.known;if(s!==null&&mc(s,o),!t&&s!==null&&o.size===s.size&&this.readUpTo===s.size)return{checkpoint:o,hashed:0,continues:s.size};let i=t?Lt.EMPTY:s?.edges[0]??Lt.EMPTY,a=i.size===0?this.begin(null):this.readEntries.copy(),l=i.size===0?[]:[i],d=new Map,c=i;for await(let u of na(this.files,i.size,o.size)){let m=hc(u);pc(u,o.size-sa,d),u.entries.forEach((h,x)=>a.take(u.span.index*Me+x,h)),s!==null&&gc(c,m,s),c=c.append(m),u.span.width===Me&&l.push(c),l.length>2&&l.shift(),n(c.size,o.size)}if(!xe(c.root(),o.root)){if(i.size>0)return this.check(e,!0,n);throw new v("root",`the ${o.size} entries make another root than the signed one`)}return this.readEntries=a,this.known={size:o.size,root:o.root,edges:l,notes:a.encode()},this.readUpTo=o.size,this.remember(d,o.size),{checkpoint:o,hashed:o.size-i.size,continues:s?.size??null}}goOn(){let{known:e}=this;if(e===null)return this.begin(null);try{if(e.notes!==null)return this.begin(e.notes)}catch(t){if(!(t instanceof v))throw t;console.warn(t.message)}return this.known={...e,edges:[],notes:null},this.begin(null)}remember(e,t){for(let[n,o]of e)this.names.set(n,o);for(let n of this.names.keys())n<t-sa&&this.names.delete(n)}};function hc({span:r,entries:e,tile:t}){return e.map((n,o)=>{let s=pr(n),i=t[o];if(i===void 0||!xe(s,i)){let a=r.index*Me+o;throw new v("entry",`entry ${a} is not the one whose hash stands in the tree`,a)}return s})}function pc({span:r,entries:e},t,n){e.forEach((o,s)=>{let i=r.index*Me+s;i>=t&&n.set(i,ue($e(o)))})}function mc(r,e){if(e.size<r.size)throw new v("shrunk",`the log has ${e.size} entries; it had ${r.size} when last verified`);if(e.size===r.size&&!xe(e.root,r.root))throw new v("fork",`the log has signed two different roots over ${e.size} entries`)}function gc(r,e,t){let n=t.size-r.size;if(!(n<0||n>e.length)&&!xe(r.append(e.slice(0,n)).root(),t.root))throw new v("fork",`the first ${t.size} entries are not those that were verified before`)}function ia({logKey:r,verified:{size:e,root:t,edges:n,notes:o}}){return JSON.stringify({logKey:r,size:e,root:Pe(t),edges:n.map(s=>({size:s.size,peaks:s.peaks.map(Pe)})),notes:o})}function aa(r){let{logKey:e,size:t,root:n,edges:o,notes:s=null}=wc(r);if(typeof e!="string"||typeof t!="number"||!Number.isSafeInteger(t)||!Array.isArray(o)||o.length>2||s!==null&&typeof s!="string")throw new v("format","what was kept of the log is not readable");return{logKey:e,verified:{size:t,root:la(n),edges:o.map(i=>yc(i,t)),notes:s}}}function yc(r,e){let{size:t,peaks:n}=r??{};if(typeof t!="number"||t>e||t%Me!==0||!Array.isArray(n))throw new v("format","what was kept of the log's edge is not readable");return new Lt(t,n.map(la))}function la(r){if(typeof r!="string")throw new v("format","what was kept of the log is not readable");return Fe(Le(r,"a hash that was kept"))}function wc(r){let e;try{e=JSON.parse(r)}catch{throw new v("format","what was kept of the log is not JSON")}if(typeof e!="object"||e===null)throw new v("format","what was kept of the log is no object");return e}var bc=250,Po={status:{kind:"waiting"},head:null,failures:0,lastFailure:null},Ar=class{constructor(e,t,n,o,s,i){this.logKey=e;this.files=t;this.keeper=o;this.view=s;this.show=i;this.next=null;this.running=!1;let a=xc(o);this.rememberedKey=a?.logKey??null,this.strangeKey=a!==null&&a.logKey!==e,this.verifier=new Tr(Ut(e),t,n,a===null||this.strangeKey?null:a.verified)}get trustedKey(){return this.strangeKey?this.rememberedKey??this.logKey:this.logKey}get entries(){return this.verifier.entries}holds(e,t){return this.verifier.holds(e,t)}async refresh(e=!1){try{this.follow({note:await this.files.read("checkpoint"),size:null,root:null},e)}catch(t){this.fail(t)}}async forget(){this.verifier.forget(),this.strangeKey=!1,await this.refresh(!0)}follow(e,t=!1){this.next={head:e,all:t||(this.next?.all??!1)},this.running||this.run()}async run(){for(this.running=!0;this.next!==null;){let{head:e,all:t}=this.next;this.next=null;try{await this.check(e,t)}catch(n){this.fail(n)}}this.running=!1}async check(e,t){if(this.update({head:vc(e.note)}),this.strangeKey)throw new v("key",`the building names the key ${this.logKey}`);let n=performance.now(),{status:o}=this.view,s=o.kind==="verified"?n:-1/0,i=await this.checkOrAskAgain(e,t,(x,w)=>{performance.now()-s<bc||(s=performance.now(),this.update({status:{kind:"checking",done:x,size:w}}))}),{checkpoint:a,hashed:l,continues:d}=i,{size:c,root:u}=e;if(c!==null&&c!==a.size||u!==null&&u!==Pe(a.root))throw new v("root","the head that was announced is not the one that is signed");if(o.kind==="verified"&&o.size===a.size&&l===0&&a.size>0)return;let m=performance.now()-n;this.update({status:{kind:"verified",size:a.size,hashed:l,milliseconds:m,continues:d}});let{verified:h}=this.verifier;h!==null&&this.keeper.save(ia({logKey:this.logKey,verified:h}))}async checkOrAskAgain(e,t,n){try{return await this.verifier.check(e.note,t,n)}catch(o){if(!(o instanceof v)||o.code!=="shrunk")throw o;return await this.verifier.check(await this.files.read("checkpoint"),t,n)}}fail(e){if(e instanceof ke){this.view.status.kind!=="failed"&&this.update({status:{kind:"unreachable",detail:e.message}});return}let t=e instanceof v?e:new v("missing",String(e));this.update({status:{kind:"failed",code:t.code,index:t.index,detail:t.message},failures:this.view.failures+1,lastFailure:Date.now()})}update(e){this.view={...this.view,...e},this.show(this.view)}};function xc(r){let e=r.load();if(e===null)return null;try{return aa(e)}catch(t){if(!(t instanceof v))throw t;return console.warn(t.message),null}}function vc(r){let[e="",t="",n=""]=new TextDecoder().decode(r).split(`
`);return{origin:e.slice(0,200),size:t.slice(0,20),root:n.slice(0,44)}}var da=8,$c=64;function kc(r,e,t){if(r.length!==da+$c)return null;let n=new DataView(r.buffer,r.byteOffset).getBigUint64(0);if(n>BigInt(Number.MAX_SAFE_INTEGER))return null;let o=be(new TextEncoder().encode(`cosignature/v1
time ${n}
`),e);return un(r.slice(da),o,t.publicKey)?Number(n):null}function Rr(r,e,t){let n=new Map,[o,s]=[new Set,new Set];for(let{name:i,key:a}of t.witnesses)for(let{signature:l}of e.filter(d=>Co(d,a))){if(a.type!==dn){s.add(i);continue}let d=kc(l,r,a);d===null?o.add(i):n.has(i)||n.set(i,d)}return{times:n,wrong:[...o],unread:[...s]}}var Fo="flats",Io="none",It=class r{constructor(e,t,n,o){this.logs=e;this.witnesses=t;this.groups=n;this.quorum=o}static parse(e){let[t,...n]=St(e,"the policy").split(`
`).reverse();if(t!=="")throw new v("format","the last line of the policy does not end");let o=new Do;if(n.reverse().forEach((s,i)=>{try{o.read(s)}catch(a){throw a instanceof v?new v("format",`line ${i+1} of the policy: ${a.message}`):a}}),o.quorum===null)throw new v("format","the policy has no line 'quorum'");return new r(o.logs,o.witnesses,o.groups,o.quorum)}get asksForNobody(){return this.quorum===Io}isMet(e){return this.asksForNobody||this.counting(e).has(this.quorum)}metAt(e){let t=new Set;for(let[n,o]of[...e].sort(([,s],[,i])=>s-i))if(t.add(n),this.isMet(t))return o;return null}tally(e){let t=new Set(this.witnesses.map(({name:o})=>o));return this.groups.filter(({members:o})=>o.every(s=>t.has(s))).map(({name:o,threshold:s,members:i})=>({group:o,signed:i.filter(a=>e.has(a)).length,members:i.length,needed:s}))}counting(e){let t=new Set(this.witnesses.map(({name:n})=>n).filter(n=>e.has(n)));for(let{name:n,threshold:o,members:s}of this.groups)s.filter(i=>t.has(i)).length>=o&&t.add(n);return t}},Do=class{constructor(){this.logs=[];this.witnesses=[];this.groups=[];this.quorum=null;this.names=new Map;this.keys=new Set}read(e){if(/[\u0000-\u0008\u000b-\u001f\u007f]/.test(e))throw new v("format","it has control characters");let t=e.split(/[ \t]+/).filter(s=>s!==""),[n,...o]=t;if(!(n===void 0||n.startsWith("#"))){if(n==="log"&&o.length>=1&&o.length<=2)return this.log(o);if(n==="witness"&&o.length>=2&&o.length<=3)return this.witness(o);if(n==="group"&&o.length>=3)return this.group(o);if(n==="quorum"&&o.length===1)return this.takeQuorum(o);throw new v("format",`${JSON.stringify(e.slice(0,60))} is not a line that a policy has`)}}log([e=""]){let t=vr(e);if(t.type!==br&&t.type!==xr)throw new v("format",`the log ${t.name} has a key of type ${t.type}, not one of a log`);this.addKey("log",t),this.logs.push(t)}witness([e="",t=""]){let n=vr(t);if(n.type!==dn&&n.type!==xr)throw new v("format",`the witness ${e} has a key of type ${n.type}, not one that cosigns`);this.define(e),this.addKey("witness",n),this.witnesses.push({name:e,key:n})}group([e="",t="",...n]){for(let s of n){let i=this.names.get(s);if(i===void 0)throw new v("format",`${s} is a member of ${e} and not defined above it`);if(i)throw new v("format",`${s} is a member twice`);this.names.set(s,!0)}this.define(e);let o=t==="all"?n.length:t==="any"?1:Number(t);if(!/^(all|any|[1-9][0-9]{0,5})$/.test(t)||o>n.length)throw new v("format",`the group ${e} asks for ${t} of its ${n.length} members`);this.groups.push({name:e,threshold:o,members:n})}takeQuorum([e=""]){if(this.quorum!==null)throw new v("format","there is a second quorum");if(e!==Io&&!this.names.has(e))throw new v("format",`the quorum ${e} is no witness and no group defined above it`);this.quorum=e}define(e){if(e===Io||this.names.has(e))throw new v("format",`the name ${e} is taken already`);this.names.set(e,!1)}addKey(e,{publicKey:t}){let n=`${e} ${Pe(t)}`;if(this.keys.has(n))throw new v("format","its key stands in the policy already");this.keys.add(n)}};function ca(r){let e=ue($e(new TextEncoder().encode(r))).slice(0,32);return e.match(/.{4}/g)?.join(" ")??e}function ha(r){if(r===null)return null;try{return It.parse(new TextEncoder().encode(r))}catch(e){if(!(e instanceof v))throw e;return console.warn(`the pinned policy is not readable: ${e.message}`),null}}function pa(r,e,t){let[n,o]=[ua(r.policy),ua(e.policy)],s=[...o.keys()].filter(a=>!n.has(a)),i=[...o].filter(([a,{key:l}])=>fa(n.get(a),l.publicKey)).map(([a])=>a);return{pinned:ca(r.text),served:ca(e.text),added:s,removed:[...n.keys()].filter(a=>!o.has(a)),rekeyed:i,unnamed:[...s,...i].filter(a=>fa(o.get(a),t(a)??new Uint8Array)),dropped:e.policy==="none"||e.policy.asksForNobody}}function ua(r){return new Map(r==="none"?[]:r.witnesses.map(e=>[e.name,e]))}function fa(r,e){return r!==void 0&&!xe(r.key.publicKey,e)}var Ec=1500,zo={status:{kind:"waiting"},quorum:null,change:null},Br=class{constructor(e,t,n,o,s,i=Ec){this.key=e;this.files=t;this.pin=n;this.named=o;this.show=s;this.pauseMs=i;this.view=zo;this.policyNow="unknown";this.running=null;this.again=!1;this.served=""}get policy(){return this.policyNow}get policyChanged(){return this.view.change!==null}async acceptPolicy(){this.pin.save(this.served),this.view={...this.view,quorum:null},await this.refresh()}refresh(){return this.again=!0,this.running??=this.run().finally(()=>{this.running=null}),this.running}async run(){for(;this.again;)this.again=!1,await this.readOnce(),this.again&&await new Promise(e=>setTimeout(e,this.pauseMs))}async readOnce(){try{let e=await this.readPolicy();this.policyNow=e,e==="none"||e.asksForNobody?this.update({status:{kind:"none"}}):await this.check(e)}catch(e){if(e instanceof ke)this.update({status:{kind:"unreachable",detail:e.message}});else if(e instanceof v)this.update({status:{kind:"failed",detail:e.message}});else if(e instanceof Re)this.update({status:{kind:"waiting"}});else throw e}}async readPolicy(){let e=await this.readIfThere("policy"),t=e===null?"none":It.parse(e);this.served=e===null?"":St(e,"the policy");let n=this.pin.load(),o=ha(n);if(n===null||o===null||o.asksForNobody)return t!=="none"&&!t.asksForNobody&&this.pin.save(this.served),this.update({change:null}),t;let i=n===this.served?null:pa({text:n,policy:o},{text:this.served,policy:t},this.named);return this.update({change:i}),o}async check(e){let t=await this.files.read("checkpoint"),{size:n}=Ht(t,this.key),{text:o,lines:s}=cn(t),i=await this.readIfThere(`cosignatures/${n}`),a=i===null?s:[...s,...Vi(i)],{times:l,wrong:d,unread:c}=Rr(o,a,e),u=new Set(l.keys()),m=e.metAt(l),h=this.view.quorum;this.update({status:{kind:"checked",size:n,met:m!==null,tally:e.tally(u),wrong:d,unread:c},quorum:m===null||h!==null&&h.size>n?h:{size:n,ms:m*1e3}})}async readIfThere(e){try{return await this.files.read(e)}catch(t){if(t instanceof Re)return null;throw t}}update(e){this.view={...this.view,...e},this.show(this.view)}};var ma=100,ga=48,Sc=3e4,Vo={connection:{kind:"connecting"},building:null,state:null,stateAt:0,records:null,slots:null,log:Po,witnesses:zo,witnessed:null,mirrors:null,headMs:null,unreadable:null},Or=class{constructor(e){this.changed=e;this.snapshot=Vo;this.watch=null;this.witnesses=null;this.files=new Dn;this.keeper=new Cr("local-vpp.log");this.pin=new Cr("local-vpp.policy");this.stream=new Kn("api/v1/live",{prepare:()=>this.prepare(),opened:()=>this.catchUp(),connection:t=>this.connected(t),state:t=>{this.update({state:t,stateAt:performance.now()}),t.log!==null&&this.hear(t.log,t.mirrors)},records:t=>this.update({records:qo(t,this.snapshot.records??[])}),head:t=>this.follow(t),slot:t=>this.update({slots:Ko([t],this.snapshot.slots??[])}),unreadable:(t,n)=>this.complain(t,n),isFinal:t=>t instanceof je})}start(){this.stream.open()}stop(){this.stream.close(),clearInterval(this.poll)}verifyAll(){this.watch?.refresh(!0)}forgetLog(){this.watch?.forget(),this.pin.forget();let e=this.snapshot.building?.log_key;e!==void 0&&(this.witnesses=this.watchWitnesses(e),this.witnesses.refresh())}acceptPolicy(){this.witnesses?.acceptPolicy()}holds(e){return this.watch?.holds(e.index,e.hash)??null}async known(){if(this.watch===null)return null;let[e,t]=[Ut(this.watch.trustedKey),this.watch];return await this.witnesses?.refresh(),{key:e,policy:this.witnesses?.policy??"unknown",policyChanged:this.witnesses?.policyChanged??!1,keys:t.entries,holds:(n,o)=>t.holds(n,o)}}ask(e,t){return Ts(e,t)}fetchProven(e){let t=`api/v1/records/${e}`;return Promise.all([Zr(t),Zr(`${t}/proof`)])}async prepare(){try{let e=await Fn("api/v1/building",Rs);this.watchLog(e),await this.watch?.refresh(),this.witnesses?.refresh();let{records:t,slots:n}=await this.fetchPast();this.update({records:qo(t,[]),slots:Ko(n,[]),unreadable:null})}catch(e){throw e instanceof je&&this.restrict(),this.complainOf(e)}}async catchUp(){try{let{records:e,slots:t}=await this.fetchPast();this.update({records:qo(this.snapshot.records??[],e),slots:Ko(this.snapshot.slots??[],t)})}catch(e){throw this.complainOf(e)}}async fetchPast(){let[e,t]=await Promise.all([Fn(`api/v1/records?limit=${ma}`,qn),Fn(`api/v1/slots?limit=${ga}`,Ns)]);return{records:e,slots:t}}complainOf(e){return e instanceof Ne&&this.complain("api/v1",e.message),e}watchLog(e){let t=this.snapshot.building?.log_key;if(this.update({building:e}),this.watch!==null&&t===e.log_key)return;let n=o=>this.update({log:o});try{let{name:o}=Ut(e.log_key),s=i=>_r.begin(o,i);this.watch=new Ar(e.log_key,this.files,s,this.keeper,this.snapshot.log,n),this.witnesses=this.watchWitnesses(this.watch.trustedKey)}catch(o){if(!(o instanceof v))throw o;this.watch=null,this.witnesses=null,n({...Po,status:{kind:"failed",code:o.code,index:null,detail:o.message}})}}watchWitnesses(e){let t=s=>this.watch?.entries.witness(s)??null,n=s=>{(this.witnesses===null||this.witnesses===o)&&this.update({witnesses:s})},o=new Br(Ut(e),this.files,this.pin,t,n);return o}restrict(){this.update({connection:{kind:"restricted"}}),clearInterval(this.poll),this.poll=setInterval(()=>{this.watch?.refresh(),this.witnesses?.refresh()},Sc)}connected(e){(e.kind!=="live"||this.snapshot.connection.kind!=="live")&&this.update({connection:e})}follow(e){this.update({headMs:e.time_ms}),this.hear(e,e.mirrors),this.witnesses?.refresh();let t=new TextEncoder().encode(e.checkpoint);this.watch?.follow({note:t,size:e.size,root:e.root})}hear(e,t){let n=this.snapshot.witnessed,{cosigners:o,witnesses:s,needed:i,quorum_size:a,quorum_ms:l,objections:d,unmirrored_ms:c}=e;if(this.update({witnessed:{cosigners:o,witnesses:s,needed:i,quorum_size:a,quorum_ms:l,objections:d,unmirrored_ms:c},mirrors:t}),n===null)return;(n.cosigners!==o||n.witnesses!==s||n.quorum_size!==a)&&this.witnesses?.refresh()}complain(e,t){let n=this.snapshot.unreadable;t!==null?(n?.event!==e&&console.warn(`${e}: ${t}`),this.update({unreadable:{event:e,problem:t}})):n?.event===e&&this.update({unreadable:null})}update(e){this.snapshot={...this.snapshot,...e},this.changed(this.snapshot)}};function qo(r,e){return[...new Map([...e,...r].map(n=>[n.index,n])).values()].sort((n,o)=>o.index-n.index).slice(0,ma)}function Ko(r,e){return[...new Map([...e,...r].map(n=>[n.slot,n])).values()].sort((n,o)=>o.slot-n.slot).slice(0,ga)}var Cr=class{constructor(e){this.name=e;this.text=null}load(){try{return localStorage.getItem(this.name)??this.text}catch{return this.text}}save(e){this.text=e;try{localStorage.setItem(this.name,e)}catch{}}forget(){this.text=null;try{localStorage.removeItem(this.name)}catch{}}};var se=ne`
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  :host {
    display: block;
    font-variant-numeric: tabular-nums;
  }
  :host([hidden]) {
    display: none;
  }
  section {
    background: var(--card);
    border: 1px solid var(--line);
    border-radius: var(--radius);
    box-shadow: var(--shadow);
    padding: 16px 18px 18px;
  }
  h2 {
    margin: 0 0 12px;
    font-size: 15px;
    font-weight: 650;
    letter-spacing: 0.02em;
  }
  p {
    margin: 0;
  }
  .quiet {
    color: var(--quiet);
    font-size: 13px;
  }
  .unseen {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  button {
    font: inherit;
    font-size: 13px;
    color: var(--accent);
    background: none;
    border: 1px solid var(--line);
    border-radius: 8px;
    padding: 5px 12px;
    cursor: pointer;
  }
  button:hover {
    background: var(--sunken);
  }
  :focus-visible {
    outline: 2px solid var(--accent);
    outline-offset: 2px;
  }
  dl {
    margin: 0;
  }
  dt {
    color: var(--quiet);
    font-size: 13px;
  }
  dd {
    margin: 0;
  }
  @media (max-width: 620px) {
    section {
      padding: 14px 12px;
      border-radius: 12px;
    }
  }
`;var pn=class extends Z{constructor(){super(...arguments);this.words=new re(this)}render(){let{t}=this.words,n=this.conflicts.filter(({suspended:o})=>o);return n.length===0&&this.objections.length===0&&!this.nextKeyHere?g:f`<section role="alert" aria-labelledby="heading">
      <h2 id="heading">${t.alarms.heading}</h2>
      <ul>
        ${this.objections.map(o=>this.objection(o))} ${n.map(o=>this.conflict(o))}
        ${this.nextKeyHere?this.nextKey():g}
      </ul>
    </section>`}objection({witness:t,kind:n,size:o}){let{t:s,f:i}=this.words,a=this.names.get(t),l=a===void 0?t.slice(0,16):s.picture.flat(a),d=n==="ahead"&&o!==null?s.alarms.ahead(l,i.number(o)):s.alarms.fork(l);return f`<li data-kind=${n}>
      <strong>${d}</strong>
      <p>${s.alarms.objectionHelp}</p>
    </li>`}nextKey(){let{t}=this.words;return f`<li data-kind="next-key">
      <strong>${t.alarms.nextKey}</strong>
      <p>${t.alarms.nextKeyHelp} <code>next-key.sheet</code></p>
    </li>`}conflict({flat:t,seq:n,seen_ms:o,hash:s}){let{t:i,f:a}=this.words,l=t===null?i.unknown:i.picture.flat(t);return f`<li data-kind="conflict">
      <strong>${i.alarms.conflict(l,String(n),a.moment(o,this.now))}</strong>
      <p>${i.alarms.conflictHelp} <code>${s.slice(0,16)}</code></p>
    </li>`}};pn.properties={conflicts:{attribute:!1},objections:{attribute:!1},nextKeyHere:{attribute:!1},now:{attribute:!1},names:{attribute:!1}},pn.styles=[se,ne`
      section {
        background: var(--bad-soft);
        border-color: var(--bad);
        box-shadow: none;
      }
      h2 {
        color: var(--bad);
        margin-bottom: 6px;
      }
      ul {
        margin: 0;
        padding: 0;
        list-style: none;
        display: grid;
        gap: 10px;
      }
      li {
        overflow-wrap: anywhere;
      }
      strong {
        font-weight: 650;
      }
      p {
        font-size: 13.5px;
      }
      code {
        font-family: ui-monospace, "SF Mono", Consolas, monospace;
        font-size: 12px;
      }
    `];customElements.define("alarm-list",pn);var _c=/^≤ ([0-9.]+) s, sampled each ([0-9.]+) s$/,mn=class extends Z{constructor(){super(...arguments);this.words=new re(this)}render(){let{t,f:n}=this.words,{rollCall:o,safe:s}=t.blackout,i=n.number(this.drill.flats.length);return f`<h3 id="roll-call">${o.heading}</h3>
      <p class="quiet counts">
        ${s(n.number(this.drill.acknowledged),i)}${t.witnesses.comma}${o.inTime(n.number(this.drill.acknowledged_in_time),i)}
      </p>
      <div class="scroll" tabindex="0" role="region" aria-labelledby="roll-call">
        <table>
          <thead>
            <tr>
              <th scope="col">${o.flat}</th>
              <th scope="col">${o.notified}</th>
              <th scope="col">${o.acknowledged}</th>
              <th scope="col">${o.turn}</th>
            </tr>
          </thead>
          <tbody>
            ${this.drill.flats.map(a=>this.row(a))}
          </tbody>
        </table>
      </div>`}row(t){let{t:n,f:o}=this.words;return f`<tr data-name=${t.flat} data-stage=${t.stage}>
      <td class="flat">${t.flat}</td>
      <td class="told">${t.notified_ms===null?n.unknown:o.moment(t.notified_ms,this.now)}</td>
      <td class="seen">${this.acknowledged(t)}</td>
      <td class="turn">${this.turn(t)}</td>
    </tr>`}acknowledged(t){let{t:n,f:o}=this.words,{rollCall:s}=n.blackout;if(t.acknowledged_ms===null)return f`<button
        class="tick"
        ?disabled=${this.busy}
        @click=${()=>this.dispatchEvent(new CustomEvent("tick-off",{detail:t.flat}))}
      >
        ${s.tick}
      </button>`;let i=o.lasting((t.acknowledged_after_s??0)*1e3);return f`<span class="good">✓</span> ${s.after(i,t.acknowledged_by??n.unknown)}`}gap(t){let[,n,o]=_c.exec(t)??[];return n===void 0||o===void 0?t:this.words.t.blackout.rollCall.gap(n,o)}turn(t){let{t:n}=this.words,{rollCall:o,reasons:s}=n.blackout,i=t.reasons.map(d=>s[d]??d).join(n.witnesses.comma),a=t.passed===null?g:f`<span class=${t.passed?"good":"bad"}>${t.passed?o.passed:o.failed}</span>`,l=`api/v1/drills/${this.drill.drill}/flats/${encodeURIComponent(t.flat)}/report`;return f`${this.drill.level==="l1"?n.unknown:o.stages[t.stage]} ${a}
    ${i===""?g:f`<span class="reasons quiet">${i}</span>`}
    ${t.words===null?g:f`<span class="words">「${t.words}」</span>`}
    ${t.aborted===null?g:f`<span class="bad">${t.aborted}</span>`}
    ${t.transfer===null?g:f`<span class="quiet">${this.gap(t.transfer)}</span>`}
    ${t.report===null?g:f`<a href=${l} download>${o.report}</a>`}`}};mn.properties={drill:{attribute:!1},now:{attribute:!1},busy:{attribute:!1}},mn.styles=[se,ne`
      :host {
        border-top: 1px solid var(--line);
        margin-top: 12px;
        padding-top: 4px;
      }
      h3 {
        margin: 10px 0 6px;
        font-size: 13.5px;
        font-weight: 650;
      }
      .scroll {
        overflow-x: auto;
      }
      table {
        border-collapse: collapse;
        width: 100%;
        font-size: 13px;
      }
      th {
        text-align: left;
        font-weight: 400;
        color: var(--quiet);
        white-space: nowrap;
      }
      th,
      td {
        padding: 5px 12px 5px 0;
        border-bottom: 1px solid var(--line);
        vertical-align: top;
      }
      td.flat {
        font-weight: 650;
        white-space: nowrap;
      }
      .good {
        color: var(--good);
      }
      .bad {
        color: var(--bad);
      }
      .words {
        overflow-wrap: anywhere;
      }
      button {
        padding: 1px 9px;
        font-size: 12.5px;
        white-space: nowrap;
      }
      a {
        color: var(--accent);
      }
    `];customElements.define("roll-call",mn);var Tc=5e3,Ac=["l1","l2","l3","l4"];function Rc({islanded:r}){return r===null?"unknown":r?"islanded":"connected"}var gn=class extends Z{constructor(){super();this.words=new re(this);this.sure=null,this.refused=null,this.busy=!1}disconnectedCallback(){super.disconnectedCallback(),clearTimeout(this.timer)}async say(t,n){this.busy=!0,this.refused=null;try{await this.ask(t,n)}catch(o){if(!(o instanceof Zt||o instanceof ke))throw o;this.refused=o.message}finally{this.busy=!1,this.sure=null}}press(t,n){if(this.sure===t){clearTimeout(this.timer),this.say(n,{});return}this.sure=t,clearTimeout(this.timer),this.timer=setTimeout(()=>{this.sure=null},Tc)}plan(t){t.preventDefault();let n=new FormData(t.target),o=s=>Math.round(Number(n.get(s))*60);this.say("api/v1/drills",{level:String(n.get("level")),length_s:o("length"),notice_s:o("notice")})}render(){let{t,f:n}=this.words,{blackout:o}=this;if(o===null)return g;let{drill:s}=o,i=s!==null&&(s.stage==="announced"||s.stage==="running");return f`<section aria-labelledby="heading">
      <h2 id="heading">${t.blackout.heading}</h2>
      <dl class="top">
        <div>
          <dt>${t.blackout.grid}</dt>
          <dd class="grid" data-grid=${o.grid}>${t.blackout.grids[o.grid]??o.grid}</dd>
        </div>
        <div>
          <dt>${t.blackout.islanded}</dt>
          <dd class="islanded">${n.number(o.islanded)}</dd>
        </div>
        <div>
          <dt>${t.blackout.connected}</dt>
          <dd class="connected">${n.number(o.connected)}</dd>
        </div>
        <div>
          <dt>${t.blackout.unknownFlats}</dt>
          <dd class="unknown">${n.number(o.unknown)}</dd>
        </div>
      </dl>
      <ul class="flats">
        ${this.flats.map(a=>this.chip(a,s))}
      </ul>
      ${s===null?f`<p class="quiet none">${t.blackout.none}</p>`:this.drill(s)}
      ${i||s?.stage==="planned"?g:this.form()}
      ${this.refused===null?g:f`<p class="refused" role="alert">${t.blackout.refused(this.refused)}</p>`}
      ${s===null||s.announced_ms===null?g:f`<roll-call
              .drill=${s}
              .now=${this.now}
              .busy=${this.busy}
              @tick-off=${a=>{this.tickOff(s,a.detail)}}
            ></roll-call>`}
    </section>`}chip(t,n){let{t:o}=this.words,s=Rc(t),a=n?.flats.find(d=>d.flat===t.flat)?.acknowledged_ms!=null,l=[o.picture.flat(t.flat),o.blackout.flatStates[s],...a?[o.blackout.isSafe]:[]];return f`<li data-stand=${s} data-name=${t.flat} title=${l.join(", ")}>
      ${t.flat}${a?" ✓":""}<span class="unseen">${l.slice(1).join(", ")}</span>
    </li>`}form(){let{t}=this.words,{plan:n}=t.blackout;return f`<h3>${n.heading}</h3>
      <form class="plan" @submit=${o=>this.plan(o)}>
        <label
          >${n.level}<select name="level">
            ${Ac.map(o=>f`<option value=${o}>${n.levels[o]}</option>`)}
          </select></label
        >
        <label>${n.length}<input name="length" type="number" min="1" max="60" value="5" required /></label>
        <label>${n.notice}<input name="notice" type="number" min="0" max="60" value="10" required /></label>
        <button type="submit" ?disabled=${this.busy}>${n.submit}</button>
      </form>`}drill(t){let{t:n,f:o}=this.words,{blackout:s}=n;return f`<div class="drill" data-stage=${t.stage} data-level=${t.level}>
      <p class="stage">
        ${s.plan.levels[t.level]??t.level} — ${s.stages[t.stage]??t.stage}
        ${t.ended===null?g:f`<span class="ended">${s.ended[t.ended]}</span>`}
      </p>
      ${t.stage==="planned"?this.planned(t):this.held(t)}
      ${t.stage!=="announced"||t.first_ms===null||t.level==="l1"?g:f`<p class="quiet">${s.first(o.moment(t.first_ms,this.now))}</p>`}
      ${t.against===null?g:f`<p class="against" role="status">${s.against[t.against]}</p>`}
      ${t.stage==="announced"||t.stage==="running"?f`<div class="buttons">
              <button
                class="stop danger"
                ?disabled=${this.busy}
                @click=${()=>this.press("stop",`api/v1/drills/${t.drill}/stop`)}
              >
                ${this.sure==="stop"?s.stopSure:s.stop}
              </button>
            </div>`:g}
    </div>`}planned(t){let{t:n,f:o}=this.words,{plan:s}=n.blackout;return f`<p>
        ${t.level==="l1"?s.plannedRollCall:s.planned(o.number(t.most),o.power(t.limit_w))}
      </p>
      <div class="buttons">
        <button
          class="start"
          ?disabled=${this.busy}
          @click=${()=>this.press("start",`api/v1/drills/${t.drill}/start`)}
        >
          ${this.sure==="start"?s.sure:s.start}
        </button>
        <button
          class="again"
          ?disabled=${this.busy}
          @click=${()=>{this.say(`api/v1/drills/${t.drill}/stop`,{})}}
        >
          ${s.again}
        </button>
      </div>`}held(t){let{t:n,f:o}=this.words,{blackout:s}=n,i=(...a)=>o.number(t.flats.filter(l=>a.includes(l.stage)).length);return t.announced_ms===null?g:f`${t.level==="l1"?g:f`<p class="counts">${s.counts(i("home"),i("called","out"),i("refused"),i("waiting"))}</p>
            <p class="quiet measured">
              ${s.measured(o.number(t.most_seen),o.number(t.most),o.power(t.demand_seen_w),o.power(t.limit_w))}
            </p>`}
    ${t.stage==="ended"?this.reports(t):g}`}reports(t){let{blackout:n}=this.words.t,o=`api/v1/drills/${t.drill}/report`;return f`<p class="reports">
        <a class="report" href=${o} download>${n.report}</a>
        ${["ja","en"].map(s=>f`<a class="sheet" href="${o}.pdf?language=${s}" download
              >${n.sheet(n.languages[s]??s)}</a
            > `)}
      </p>
      ${t.record===null?g:f`<p class="quiet logged">${n.logged}</p>`}`}async tickOff(t,n){let o=`api/v1/drills/${t.drill}/flats/${encodeURIComponent(n)}/acknowledge`;await this.say(o,{who:this.words.t.blackout.rollCall.manager})}};gn.properties={blackout:{attribute:!1},flats:{attribute:!1},now:{attribute:!1},ask:{attribute:!1},sure:{state:!0},refused:{state:!0},busy:{state:!0}},gn.styles=[se,ne`
      .top {
        display: flex;
        flex-wrap: wrap;
        gap: 6px 22px;
        margin-bottom: 10px;
      }
      .top div {
        display: flex;
        gap: 6px;
        align-items: baseline;
      }
      .top dd {
        font-weight: 650;
      }
      [data-grid="gone"] {
        color: var(--bad);
      }
      [data-grid="doubtful"],
      [data-grid="unknown"] {
        color: var(--warn);
      }
      [data-grid="good"] {
        color: var(--good);
      }
      ul.flats {
        list-style: none;
        display: flex;
        flex-wrap: wrap;
        gap: 5px;
        margin: 0 0 14px;
        padding: 0;
      }
      ul.flats li {
        border: 1px solid var(--line);
        border-radius: 8px;
        padding: 1px 9px;
        font-size: 12.5px;
      }
      li[data-stand="islanded"] {
        background: var(--warn-soft);
        border-color: var(--warn);
      }
      li[data-stand="connected"] {
        background: var(--good-soft);
      }
      li[data-stand="unknown"] {
        color: var(--quiet);
        border-style: dashed;
      }
      h3 {
        margin: 12px 0 6px;
        font-size: 13.5px;
        font-weight: 650;
      }
      form {
        display: flex;
        flex-wrap: wrap;
        gap: 8px 14px;
        align-items: end;
      }
      label {
        display: grid;
        gap: 2px;
        font-size: 12.5px;
        color: var(--quiet);
      }
      select,
      input {
        font: inherit;
        font-size: 13.5px;
        color: var(--text);
        background: var(--card);
        border: 1px solid var(--line);
        border-radius: 8px;
        padding: 5px 8px;
        min-height: 32px;
      }
      input {
        width: 84px;
      }
      .drill {
        border-top: 1px solid var(--line);
        padding-top: 10px;
        display: grid;
        gap: 6px;
      }
      .drill .stage {
        font-weight: 650;
      }
      .buttons {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
      }
      button.danger {
        color: var(--bad);
        border-color: var(--bad);
      }
      button:disabled {
        opacity: 0.55;
        cursor: default;
      }
      .refused {
        background: var(--bad-soft);
        color: var(--bad);
        border-radius: 8px;
        padding: 8px 12px;
        overflow-wrap: anywhere;
      }
      .against {
        background: var(--warn-soft);
        border-radius: 8px;
        padding: 6px 12px;
        font-size: 13.5px;
      }
      .reports {
        display: flex;
        flex-wrap: wrap;
        gap: 4px 16px;
      }
      a {
        color: var(--accent);
        font-size: 13px;
      }
    `];customElements.define("blackout-panel",gn);function ze(r){let e=r.filter(t=>t!==null);return{known:e.length===0?null:e.reduce((t,n)=>t+n,0),partial:e.length<r.length}}function ya(r){return r.grid_w===null||r.pv_w===null||r.battery_w===null?null:r.grid_w+r.pv_w+r.battery_w}function wa({building:r,flats:e}){let t=e.map(s=>s.grid_w),n=ze(t.map(s=>s===null?null:Math.max(0,s))),o=ze(t.map(s=>s===null?null:Math.max(0,-s)));return{bulk:r.bulk_w,common:r.common_w,frequency:r.frequency_hz,pv:ze(e.map(s=>s.pv_w)),battery:ze(e.map(s=>s.battery_w)),taken:n,given:o,shared:{known:n.known===null||o.known===null?null:Math.min(n.known,o.known),partial:n.partial},online:e.filter(s=>s.online).length,islanded:e.filter(s=>s.islanded===!0).length,flats:e.length}}function ba(r){let e=0,t=0;for(let n of r.flats){let o=Math.min(n.import_wh,n.export_wh);e+=n.import_wh-o-n.shared_in_wh,t+=n.export_wh-o-n.shared_out_wh}return{shared:r.shared_wh,fromGrid:e,surplus:t}}function xa(r){let e=r.flats.filter(n=>n.shared_in_wh>0),t=e.reduce((n,o)=>n+o.shared_in_wh,0);return t===0?null:-e.reduce((n,o)=>n+o.inside_money,0)/t}var yn=class extends Z{constructor(){super(...arguments);this.words=new re(this)}render(){let{t,f:n}=this.words;if(this.state===null)return f`<section>
        <h2>${t.now.heading}</h2>
        <p class="quiet">${t.loading}</p>
      </section>`;let o=wa(this.state),{latency_ms:s}=this.state,i=va(o.bulk),a={take:t.now.importing,give:t.now.exporting,none:t.now.balanced,unknown:t.now.bulk},l=va(o.battery.known),d={take:t.now.discharging,give:t.now.charging,none:"",unknown:""}[l];return f`<section aria-labelledby="heading">
      <h2 id="heading">${t.now.heading}</h2>
      <div class="first">
        <div>
          <p class="quiet">${a[i]}</p>
          <p class="big ${i}" data-value="bulk">${n.power(o.bulk)}</p>
        </div>
        <div class="second" title=${t.now.sharedHelp}>
          <p class="quiet">${t.now.shared}</p>
          <p class="figure" data-value="shared">${this.atLeast(o.shared)}</p>
        </div>
      </div>
      <dl class="rest">
        ${this.sum(t.now.pv,o.pv)} ${this.sum(t.now.battery,o.battery,d)}
        <div>
          <dt>${t.now.common}</dt>
          <dd>${n.power(o.common)}</dd>
        </div>
        <div>
          <dt>${t.now.frequency}</dt>
          <dd>${n.frequency(o.frequency)}</dd>
        </div>
        <div>
          <dt>${t.now.flats}</dt>
          <dd>
            <small>${t.now.online(o.online,o.flats)}</small>
            ${o.islanded>0?f`<span class="badge">${t.now.islanded(o.islanded)}</span>`:g}
          </dd>
        </div>
        <div>
          <dt>${t.now.latency}</dt>
          <dd>
            <small
              >${s===null?t.unknown:t.now.latencyValues(n.milliseconds(s.p50),n.milliseconds(s.p99))}</small
            >
          </dd>
        </div>
      </dl>
      ${this.progress()}
    </section>`}atLeast({known:t,partial:n}){let{t:o,f:s}=this.words;return t!==null&&n?o.now.atLeast(s.power(t)):s.power(t)}sum(t,{known:n,partial:o},s=""){let{t:i,f:a}=this.words,l=n!==null&&o?f`<br /><small>${i.now.partial}</small>`:g;return f`<div>
      <dt>${t}</dt>
      <dd>${a.power(n)} <small>${n===null?g:s}</small>${l}</dd>
    </div>`}progress(){let{t,f:n}=this.words;if(this.slotSeconds===null||this.slotSeconds===0||this.serverNow===null)return g;let o=this.slotSeconds*1e3,s=Math.floor(this.serverNow/o)*o,i=this.serverNow-s,a=Math.ceil((o-i)/1e3),l=t.duration(Math.floor(a/60),String(a%60).padStart(2,"0"));return f`<div class="slot">
      <div>
        <span>${t.now.slot} ${n.slot(s/1e3,this.slotSeconds,this.serverNow)}</span>
        <span class="quiet">${t.now.slotEnds(l)}</span>
      </div>
      <progress max="1" .value=${i/o} aria-label=${t.now.slot}></progress>
    </div>`}};yn.properties={state:{attribute:!1},slotSeconds:{attribute:!1},serverNow:{attribute:!1}},yn.styles=[se,ne`
      .first {
        display: flex;
        flex-wrap: wrap;
        justify-content: space-between;
        gap: 4px 16px;
        align-items: end;
        margin-bottom: 14px;
      }
      .big {
        font-size: 33px;
        font-weight: 640;
        line-height: 1.15;
        letter-spacing: -0.01em;
        white-space: nowrap;
      }
      .big.take {
        color: var(--take);
      }
      .big.give {
        color: var(--give);
      }
      .second {
        text-align: right;
      }
      .second .figure {
        font-size: 21px;
        font-weight: 620;
        color: var(--give);
        line-height: 1.2;
      }
      @media (max-width: 420px) {
        .big {
          font-size: 29px;
        }
        .second .figure {
          font-size: 18px;
        }
      }
      dl.rest {
        display: grid;
        grid-template-columns: repeat(2, minmax(0, 1fr));
        gap: 1px;
        background: var(--line);
        border: 1px solid var(--line);
        border-radius: 10px;
        overflow: hidden;
      }
      .rest > div {
        background: var(--card);
        padding: 7px 12px 8px;
      }
      .rest dd {
        font-size: 16px;
        font-weight: 560;
      }
      .rest small {
        font-weight: 400;
        color: var(--quiet);
        font-size: 12px;
      }
      .badge {
        display: block;
        color: var(--warn);
        font-size: 12.5px;
      }
      .slot {
        margin-top: 14px;
      }
      .slot > div {
        display: flex;
        justify-content: space-between;
        gap: 12px;
      }
      progress {
        display: block;
        width: 100%;
        height: 6px;
        margin-top: 5px;
        appearance: none;
        border: 0;
        border-radius: 3px;
        overflow: hidden;
        background: var(--line);
      }
      progress::-webkit-progress-bar {
        background: var(--line);
      }
      progress::-webkit-progress-value {
        background: var(--accent);
      }
      progress::-moz-progress-bar {
        background: var(--accent);
      }
    `];function va(r){return r===null?"unknown":r>0?"take":r<0?"give":"none"}customElements.define("building-now",yn);var wn=class extends Z{constructor(){super(...arguments);this.words=new re(this)}render(){let{kind:t}=this.connection;return f`<div class=${t} data-kind=${t}>
      <i></i><span aria-hidden="true">${this.text(!0)}</span>
      <span class="unseen" role="status">${this.text(!1)}</span>
    </div>`}text(t){let{t:n}=this.words;switch(this.connection.kind){case"connecting":return n.connection.connecting;case"live":return n.connection.live;case"restricted":return n.connection.restricted;case"lost":{let o=Math.ceil((this.connection.retryAt-this.clock)/1e3);return t&&o>0?n.connection.lost(o):n.connection.retrying}}}};wn.properties={connection:{attribute:!1},clock:{attribute:!1}},wn.styles=[se,ne`
      div {
        display: inline-flex;
        align-items: center;
        gap: 8px;
        font-size: 13px;
        padding: 4px 12px;
        border-radius: 99px;
        background: var(--sunken);
        border: 1px solid var(--line);
      }
      i {
        width: 9px;
        height: 9px;
        border-radius: 50%;
        border: 2px solid var(--quiet);
        flex: none;
      }
      .live i {
        background: var(--good);
        border-color: var(--good);
      }
      .lost {
        background: var(--warn-soft);
        border-color: transparent;
      }
      .lost i {
        border-color: var(--warn);
      }
    `];customElements.define("connection-state",wn);var $a={ATTRIBUTE:1,CHILD:2,PROPERTY:3,BOOLEAN_ATTRIBUTE:4,EVENT:5,ELEMENT:6},ka=r=>(...e)=>({_$litDirective$:r,values:e}),Mr=class{constructor(e){}get _$AU(){return this._$AM._$AU}_$AT(e,t,n){this._$Ct=e,this._$AM=t,this._$Ci=n}_$AS(e,t){return this.update(e,t)}update(e,t){return this.render(...t)}};var{I:Bc}=bs,Ea=r=>r;var Sa=()=>document.createComment(""),Dt=(r,e,t)=>{let n=r._$AA.parentNode,o=e===void 0?r._$AB:e._$AA;if(t===void 0){let s=n.insertBefore(Sa(),o),i=n.insertBefore(Sa(),o);t=new Bc(s,i,r,r.options)}else{let s=t._$AB.nextSibling,i=t._$AM,a=i!==r;if(a){let l;t._$AQ?.(r),t._$AM=r,t._$AP!==void 0&&(l=r._$AU)!==i._$AU&&t._$AP(l)}if(s!==o||a){let l=t._$AA;for(;l!==s;){let d=Ea(l).nextSibling;Ea(n).insertBefore(l,o),l=d}}}return t},at=(r,e,t=r)=>(r._$AI(e,t),r),Oc={},_a=(r,e=Oc)=>r._$AH=e,Ta=r=>r._$AH,Nr=r=>{r._$AR(),r._$AA.remove()};var Aa=(r,e,t)=>{let n=new Map;for(let o=e;o<=t;o++)n.set(r[o],o);return n},bn=ka(class extends Mr{constructor(r){if(super(r),r.type!==$a.CHILD)throw Error("repeat() can only be used in text expressions")}dt(r,e,t){let n;t===void 0?t=e:e!==void 0&&(n=e);let o=[],s=[],i=0;for(let a of r)o[i]=n?n(a,i):i,s[i]=t(a,i),i++;return{values:s,keys:o}}render(r,e,t){return this.dt(r,e,t).values}update(r,[e,t,n]){let o=Ta(r),{values:s,keys:i}=this.dt(e,t,n);if(!Array.isArray(o))return this.ut=i,s;let a=this.ut??=[],l=[],d,c,u=0,m=o.length-1,h=0,x=s.length-1;for(;u<=m&&h<=x;)if(o[u]===null)u++;else if(o[m]===null)m--;else if(a[u]===i[h])l[h]=at(o[u],s[h]),u++,h++;else if(a[m]===i[x])l[x]=at(o[m],s[x]),m--,x--;else if(a[u]===i[x])l[x]=at(o[u],s[x]),Dt(r,l[x+1],o[u]),u++,x--;else if(a[m]===i[h])l[h]=at(o[m],s[h]),Dt(r,o[u],o[m]),m--,h++;else if(d===void 0&&(d=Aa(i,h,x),c=Aa(a,u,m)),d.has(a[u]))if(d.has(a[m])){let w=c.get(i[h]),k=w!==void 0?o[w]:null;if(k===null){let N=Dt(r,o[u]);at(N,s[h]),l[h]=N}else l[h]=at(k,s[h]),Dt(r,o[u],k),o[w]=null;h++}else Nr(o[m]),m--;else Nr(o[u]),u++;for(;h<=x;){let w=Dt(r,l[x+1]);at(w,s[h]),l[h++]=w}for(;u<=m;){let w=o[u++];w!==null&&Nr(w)}return this.ut=i,_a(r,l),Ve}});var Cc=24,Mc=40,Nc=620,Lc={large:{riserX:42,firstX:58,tileWidth:86,widest:178,tileHeight:80,commonHeight:34,gap:8,drop:15},medium:{riserX:40,firstX:54,tileWidth:70,widest:100,tileHeight:58,commonHeight:34,gap:6,drop:12},small:{riserX:32,firstX:43,tileWidth:46,widest:74,tileHeight:43,commonHeight:30,gap:5,drop:10}},Ft=6;function Uc(r){let e=/(\d{1,2})\d{2}\D?$/.exec(r)?.[1];return e===void 0?null:Number(e)}function Ra(r,e){let t=Ic(r.flats.length,e),n=Lc[t],{riserX:o,firstX:s}=n,i=Pc(r.flats),a=Math.max(e-s-Ft,n.tileWidth),l=Math.max(1,Math.floor((a+n.gap)/(n.tileWidth+n.gap))),d=Math.max(1,...i.map(({flats:H})=>H.length)),c=Math.ceil(d/Math.ceil(d/l)),u=Math.min(n.widest,Math.floor((a+n.gap)/c-n.gap)),m=[],h=[],x=[],w=[],k=Ft,N=(H,X,z)=>{let Y=k+z+n.drop;X.forEach(({flat:_,watt:D},F)=>{let M=s+F*(u+n.gap),te=Math.round(M+u/2);m.push({x:M,y:k,width:u,height:z,flat:_});let ie=F===0?o:Math.round(te-u-n.gap),E=ze(X.slice(F).map($=>$.watt));h.push({key:`bus ${H} ${F}`,x1:ie,y1:Y,x2:te,y2:Y,power:E});let p=ze([D]),y=k+z;h.push({key:`drop ${H} ${F}`,x1:te,y1:Y,x2:te,y2:y,power:p})}),w.push({y:Y,power:ze(X.map(_=>_.watt)),name:H}),k=Y+n.gap+4};for(let{floor:H,flats:X}of i){x.push({x:o-10,y:k+Math.min(n.tileHeight/2,20),floor:H});for(let z=0;z<X.length;z+=c){let Y=X.slice(z,z+c).map(_=>({flat:_,watt:_.grid_w}));N(`${H??"?"}/${z}`,Y,n.tileHeight)}}k+=2,N("common",[{flat:null,watt:r.building.common_w}],n.commonHeight);let R=k+4,b=Math.min(168,Math.floor((e-Ft*2-40)/2)),S={x:Ft,y:R+14,width:b,height:58},C=Math.max(40,Math.min(140,e-Ft*2-b*2)),K={x:S.x+b+C,y:S.y,width:b,height:S.height};h.push(...Hc(w,o,S.y));let W=S.y+S.height/2,q=ze([r.building.bulk_w]);h.push({key:"bulk",x1:K.x,y1:W,x2:S.x+S.width,y2:W,power:q});let U=S.y+S.height+Ft;return{width:e,height:U,size:t,tiles:m,lines:h,floors:x,groundY:R,meter:S,grid:K}}function Hc(r,e,t){return r.map(({y:n,name:o},s)=>{let i=r.slice(0,s+1).map(d=>d.power),l={known:ze(i.map(d=>d.known)).known,partial:i.some(d=>d.partial)};return{key:`riser ${o}`,x1:e,y1:r[s+1]?.y??t,x2:e,y2:n,power:l}})}function Pc(r){let e=new Map;for(let n of r){let o=Uc(n.flat),s=e.get(o);s===void 0?e.set(o,[n]):s.push(n)}let t=new Intl.Collator("en",{numeric:!0});return[...e].map(([n,o])=>({floor:n,flats:o.sort((s,i)=>t.compare(s.flat,i.flat))})).sort((n,o)=>(o.floor??-1)-(n.floor??-1))}function Ba(r,e){return e<=0?1.5:1.5+7.5*Math.sqrt(Math.min(1,Math.abs(r)/e))}function Ic(r,e){return r>Cc&&e<Nc?"small":r>Mc?"medium":"large"}function jo(r,{t:e,f:t}){let n=[e.picture.flat(r.flat)];return r.online||n.push(e.picture.offline),r.islanded===!0&&n.push(e.flat.islanded),n.push(r.grid_w===null?`${e.flat.grid} ${e.unknown}`:`${Wo(r.grid_w,e)} ${t.power(r.grid_w)}`),r.pv_w!==null&&n.push(`${e.flat.pv} ${t.power(r.pv_w)}`),r.battery_w!==null&&n.push(`${e.flat.battery} ${Yo(r.battery_w,e)} ${t.power(r.battery_w)}`),r.soc!==null&&n.push(`${e.flat.soc} ${t.percent(r.soc)}`),n.join(", ")}function Wo(r,e){return r>0?e.picture.buying:r<0?e.picture.selling:e.picture.idle}function Yo(r,e){return r>0?e.now.discharging:r<0?e.now.charging:""}function Oa(r,e,t,n){let{x:o,y:s,width:i,height:a}=r,l={large:Dc,medium:Fc,small:zc}[t],[d,c,u]=t==="small"?[o+i-5.5,s+6.5,3]:[o+i-12,s+14,4];return he`
    <title>${jo(e,n)}</title>
    <rect class="tile" x=${o} y=${s} width=${i} height=${a} rx=${t==="small"?7:9} />
    ${l(r,e,n)} ${qc(e,d,c,u)}
  `}function Dc({x:r,y:e,width:t},n,{t:o,f:s}){let i=r+9,a=e+56;return he`
    <text class="name" x=${i} y=${e+18}>${n.flat}</text>
    ${n.islanded===!0?he`<text class="island" x=${r+t-22} y=${e+18}>${o.picture.islanded}</text>`:g}
    ${Ca(n.grid_w,i+4,e+33)}
    <text class="watt" x=${i+13} y=${e+38}>${s.power(n.grid_w)}</text>
    ${Ma(i+5,a-4,n.pv_w)}
    <text class="small" x=${i+14} y=${a}>${s.power(n.pv_w)}</text>
    ${Kc(i,a+7,n.soc)}
    <text class="small" x=${i+14} y=${a+16}>${s.percent(n.soc)}</text>
    <text class="small end ${n.battery_w===null?"":"battery"}" x=${r+t-9} y=${a+16}>${Vc(n.battery_w,s)}</text>
  `}function Fc({x:r,y:e,width:t,height:n},o,{f:s}){let i=r+8;return he`
    <text class="name" x=${i} y=${e+17}>${o.flat}</text>
    ${Ca(o.grid_w,i+4,e+28)}
    <text class="watt" x=${i+12} y=${e+33}>${s.power(o.grid_w)}</text>
    ${Ma(i+5,e+43,o.pv_w)}
    <text class="small" x=${i+13} y=${e+47}>${s.power(o.pv_w)}</text>
    ${Na(i,e+n-7,t-16,o.soc)}
  `}function zc({x:r,y:e,width:t,height:n},o,{f:s}){return he`
    <text class="name" x=${r+5} y=${e+14}>${o.flat}</text>
    <text class="watt middle ${xn(o.grid_w)}" x=${r+t/2} y=${e+29}>
      ${s.shortPower(o.grid_w)}
    </text>
    ${Na(r+6,e+n-8,t-12,o.soc)}
  `}function qc(r,e,t,n){let o=r.islanded===!0?"island":r.online?"online":"offline";return he`<circle class="mark ${o}" cx=${e} cy=${t} r=${n} />
    ${o==="offline"?he`<path class="mark offline" d="M${e-n-1} ${t+n+1}l${2*n+2} ${-2*n-2}" />`:g}`}function Ca(r,e,t){if(r===null||r===0)return g;let n=r>0?`M${e-4.5} ${t-4}h9l-4.5 8z`:`M${e-4.5} ${t+4}h9l-4.5 -8z`;return he`<path class="arrow ${xn(r)}" d=${n} />`}function Ma(r,e,t){let n=t===null?"unknown":"",o=Array.from({length:8},(s,i)=>{let[a,l]=[Math.cos(i*Math.PI/4),Math.sin(i*Math.PI/4)];return`M${[3.6,5.4].map(c=>`${(r+a*c).toFixed(2)} ${(e+l*c).toFixed(2)}`).join("L")}`});return he`<circle class="sun ${n}" cx=${r} cy=${e} r="2.4" /><path class="rays ${n}" d=${o.join("")} />`}function Kc(r,e,t){let n=t===null?0:Math.max(0,Math.min(1,t/100))*7;return he`
    <rect class="cell" x=${r+1.5} y=${e} width="7" height="10.5" rx="1.6" />
    <rect class="charge" x=${r+3} y=${e+1.75+(7-n)} width="4" height=${n} />
  `}function Vc(r,e){return r===null||r===0?e.power(r):`${r>0?"−":"+"}${e.power(r)}`}function Na(r,e,t,n){if(n===null)return g;let o=Math.max(0,Math.min(1,n/100))*t;return he`<rect class="track" x=${r} y=${e} width=${t} height="3.5" rx="1.7" />
    <rect class="charge" x=${r} y=${e} width=${o.toFixed(1)} height="3.5" rx="1.7" />`}function xn(r){return r===null?"unknown":r>0?"take":r<0?"give":"none"}var La=ne`
  .frame {
    min-height: 120px;
  }
  svg {
    display: block;
    max-width: 100%;
    height: auto;
    user-select: none;
  }
  text {
    fill: var(--text);
    font-size: 12px;
  }
  .name {
    font-size: 13px;
    font-weight: 640;
  }
  .watt {
    font-size: 14.5px;
    font-weight: 600;
  }
  .watt.take,
  .arrow.take {
    fill: var(--take);
  }
  .watt.give,
  .arrow.give {
    fill: var(--give);
  }
  .medium .watt {
    font-size: 13px;
  }
  .small .name,
  .small .watt {
    font-size: 11.5px;
  }
  .tight .name,
  .tight .watt {
    font-size: 11.5px;
  }
  .node .watt {
    font-size: 18px;
  }
  .end {
    text-anchor: end;
  }
  .middle {
    text-anchor: middle;
  }
  text.small {
    font-size: 11.5px;
    fill: var(--quiet);
  }
  text.small.battery {
    fill: var(--battery);
  }
  .floor {
    font-size: 11.5px;
    fill: var(--quiet);
    text-anchor: end;
  }
  .island {
    fill: var(--warn);
    font-size: 11px;
    font-weight: 640;
    text-anchor: end;
  }
  .tile {
    fill: var(--card);
    stroke: var(--line);
    stroke-width: 1;
  }
  .flat {
    cursor: pointer;
  }
  .flat:hover .tile {
    stroke: var(--quiet);
  }
  .flat:focus {
    outline: none;
  }
  .flat:focus-visible .tile,
  .flat.chosen .tile {
    stroke: var(--accent);
    stroke-width: 2;
  }
  .flat.islanded .tile {
    fill: var(--warn-soft);
    stroke: var(--warn);
  }
  .flat.offline .tile {
    fill: var(--sunken);
    stroke-dasharray: 4 3;
  }
  .flat.offline text {
    fill: var(--quiet);
  }
  .common .tile {
    fill: var(--sunken);
  }
  .earth {
    fill: var(--sunken);
  }
  .mark {
    stroke-width: 1.6;
    fill: none;
  }
  .mark.online {
    fill: var(--good);
  }
  .mark.island {
    fill: var(--warn);
  }
  .mark.offline {
    stroke: var(--quiet);
  }
  .sun {
    fill: var(--solar-fill);
  }
  .rays {
    stroke: var(--solar-fill);
    stroke-width: 1.2;
    stroke-linecap: round;
  }
  .sun.unknown {
    fill: var(--line);
  }
  .rays.unknown {
    stroke: var(--line);
  }
  .track {
    fill: var(--line);
  }
  .cell {
    fill: none;
    stroke: var(--quiet);
    stroke-width: 1.1;
  }
  .charge {
    fill: var(--battery);
  }
  .pylon {
    fill: none;
    stroke: var(--quiet);
    stroke-width: 1.6;
    stroke-linejoin: round;
    stroke-linecap: round;
  }

  .line {
    fill: none;
    stroke: var(--line);
    stroke-linecap: round;
  }
  .line.take {
    stroke: var(--take-soft);
  }
  .line.give {
    stroke: var(--give-soft);
  }
  .line.unknown {
    stroke: var(--quiet);
    stroke-dasharray: 2 5;
    opacity: 0.6;
  }
  .line.partial:not(.unknown) {
    opacity: 0.75;
  }
  .flow {
    fill: none;
    stroke-linecap: round;
    stroke-dasharray: 0.1 13;
  }
  .flow.take {
    stroke: var(--take);
    animation: along 1.3s linear infinite;
  }
  .flow.give {
    stroke: var(--give);
    animation: along 1.3s linear infinite reverse;
  }
  :host([stale]) .flow {
    animation-play-state: paused;
  }
  :host([stale]) svg {
    opacity: 0.55;
  }
  /* One step of the dashes: the picture repeats without a seam. */
  @keyframes along {
    from {
      stroke-dashoffset: 13.1;
    }
    to {
      stroke-dashoffset: 0;
    }
  }
  @media (prefers-reduced-motion: reduce) {
    .flow {
      animation: none !important;
    }
  }

  .legend {
    list-style: none;
    display: flex;
    flex-wrap: wrap;
    gap: 2px 18px;
    margin: 10px 0 0;
    padding: 0;
    color: var(--quiet);
    font-size: 12.5px;
  }
  .legend i {
    display: inline-block;
    width: 22px;
    height: 5px;
    border-radius: 3px;
    margin-right: 6px;
    vertical-align: middle;
    background: var(--line);
  }
  .legend .take {
    background: var(--take);
  }
  .legend .give {
    background: var(--give);
  }
  .legend .unknown {
    background: repeating-linear-gradient(90deg, var(--quiet) 0 2px, transparent 2px 6px);
    height: 2px;
  }
  .legend .warn {
    color: var(--warn);
  }
  flat-detail {
    margin-top: 12px;
  }
`;var vn=class extends Z{constructor(){super(...arguments);this.words=new re(this)}render(){let{t,f:n}=this.words,{flat:o}=this,s=o.grid_w===null?"":Wo(o.grid_w,t),i=o.battery_w===null?"":Yo(o.battery_w,t),a=o.age_ms===null?null:o.age_ms+this.silentMs;return f`
      <header>
        <h3>${t.picture.flat(o.flat)}</h3>
        <button @click=${()=>this.dispatchEvent(new Event("close"))}>${t.flat.close}</button>
      </header>
      <dl>
        ${this.pair(t.flat.state,o.islanded===!0?t.flat.islanded:o.online?t.flat.online:t.flat.offline)}
        ${this.pair(t.flat.age,n.age(a))} ${this.pair(t.flat.grid,`${n.power(o.grid_w)} ${s}`)}
        ${this.pair(t.flat.load,n.power(ya(o)))} ${this.pair(t.flat.pv,n.power(o.pv_w))}
        ${this.pair(t.flat.battery,`${n.power(o.battery_w)} ${i}`)}
        ${this.pair(t.flat.soc,n.percent(o.soc))} ${this.pair(t.flat.frequency,n.frequency(o.frequency_hz))}
        ${this.pair(t.flat.registers,`${this.register(o.import_wh)} / ${this.register(o.export_wh)}`)}
        <div class="wide">
          <dt>${t.flat.fingerprint}</dt>
          <dd><code>${o.fingerprint??t.flat.notEnrolled}</code></dd>
        </div>
      </dl>
      ${this.settled()}
    `}settled(){let{t,f:n}=this.words,o=this.lastSlot;if(o===null)return g;let s=o.flats.find(({flat:i})=>i===this.flat.flat);return f`
      <h4>${t.flat.lastSlot(n.slot(o.slot,o.seconds,this.serverNow))}</h4>
      ${s===void 0?f`<p class="quiet">${t.flat.notInSlot}</p>`:f`<dl>
              ${this.pair(t.flat.imported,n.energy(s.import_wh))}
              ${this.pair(t.flat.exported,n.energy(s.export_wh))}
              ${this.pair(t.flat.sharedIn,n.energy(s.shared_in_wh))}
              ${this.pair(t.flat.sharedOut,n.energy(s.shared_out_wh))}
              ${this.pair(t.flat.insideMoney,n.money(s.inside_money))}
              ${this.pair(t.flat.gridMoney,n.money(s.grid_money))}
            </dl>`}
    `}register(t){let{t:n,f:o}=this.words;return t===null?n.unknown:`${o.number(t/1e3,3)} kWh`}pair(t,n){return f`<div>
      <dt>${t}</dt>
      <dd>${n}</dd>
    </div>`}};vn.properties={flat:{attribute:!1},lastSlot:{attribute:!1},silentMs:{attribute:!1},serverNow:{attribute:!1}},vn.styles=[se,ne`
      :host {
        background: var(--sunken);
        border: 1px solid var(--line);
        border-radius: 10px;
        padding: 12px 14px;
      }
      header {
        display: flex;
        justify-content: space-between;
        align-items: center;
        margin-bottom: 8px;
      }
      h3,
      h4 {
        margin: 0;
        font-size: 15px;
      }
      h4 {
        margin: 12px 0 6px;
        font-size: 13px;
      }
      dl {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(172px, 1fr));
        gap: 8px 16px;
      }
      dd {
        overflow-wrap: anywhere;
      }
      .wide {
        grid-column: 1 / -1;
      }
      code {
        font-family: ui-monospace, "SF Mono", Consolas, monospace;
        font-size: 12.5px;
      }
    `];customElements.define("flat-detail",vn);var jc=5,Wc=2e3,Yc=240,$n=class extends Z{constructor(){super();this.words=new re(this);this.observer=new ResizeObserver(([t])=>{t!==void 0&&(this.width=Math.floor(t.contentRect.width))});this.width=0,this.chosen=null}firstUpdated(){let t=this.renderRoot.querySelector(".frame");t!==null&&this.observer.observe(t)}disconnectedCallback(){super.disconnectedCallback(),this.observer.disconnect()}render(){let{t}=this.words;return f`<section aria-labelledby="heading">
      <h2 id="heading">${t.picture.heading}</h2>
      <div class="frame">
        ${this.state===null?f`<p class="quiet">${t.loading}</p>`:this.width===0?g:this.picture(this.state,Ra(this.state,Math.max(this.width,Yc)))}
      </div>
      ${this.state===null?g:f`${this.legend()}${this.detail(this.state)}`}
    </section>`}picture(t,n){let{t:o}=this.words,{width:s,height:i,lines:a,tiles:l,floors:d,groundY:c}=n,u=Math.max(Wc,...a.map(({power:m})=>Math.abs(m.known??0)));return f`
      <svg
        class=${n.size}
        viewBox="0 0 ${s} ${i}"
        width=${s}
        height=${i}
        role="group"
        aria-label=${o.picture.label(t.flats.length)}
      >
        <rect class="earth" x="0" y=${c} width=${s} height=${i-c} rx="10" />
        <g aria-hidden="true">
          ${bn(a,({key:m})=>m,m=>Gc(m,u))}
        </g>
        <g aria-hidden="true">
          ${d.map(({floor:m,x:h,y:x})=>m===null?g:he`<text class="floor" x=${h} y=${x+4}>${o.picture.floor(m)}</text>`)}
        </g>
        <g role="list">
          ${bn(l,({flat:m})=>m?.flat??"",m=>this.tile(m,n.size,t))}
        </g>
        ${this.bulk(n,t)}
      </svg>
    `}tile(t,n,o){let{flat:s}=t;if(s===null)return this.commonTile(t,n,o);let i=s.islanded===!0?"islanded":s.online?"online":"offline";return he`<g role="listitem"><g
      role="button"
      tabindex="0"
      class="flat ${i} ${s.flat===this.chosen?"chosen":""}"
      data-flat=${s.flat}
      data-kind=${i}
      data-watt=${s.grid_w??"unknown"}
      aria-label=${jo(s,this.words)}
      aria-expanded=${s.flat===this.chosen?"true":"false"}
      @click=${()=>this.choose(s)}
      @keydown=${a=>this.chooseByKey(a,s)}
    >${Oa(t,s,n,this.words)}</g></g>`}commonTile({x:t,y:n,width:o,height:s},i,a){let{t:l,f:d}=this.words,c=d.power(a.building.common_w),u=t+(i==="small"?6:9),m=i==="large"?[n+22,t+o-9,n+22]:[n+14,u,n+s-5];return he`<g role="listitem" aria-label="${l.picture.common} ${c}" class="common ${i==="large"&&o<124?"tight":""}">
      <rect class="tile" x=${t} y=${n} width=${o} height=${s} rx="9" />
      <text class="name" x=${u} y=${m[0]}>${l.picture.common}</text>
      <text class="watt ${i==="large"?"end":""}" x=${m[1]} y=${m[2]}>${c}</text>
    </g>`}bulk({meter:t,grid:n},o){let{t:s,f:i}=this.words,a=o.building.bulk_w,l=a===null?"":a>0?s.now.importing:a<0?s.now.exporting:s.now.balanced,d=`M${n.x+22} ${n.y+47}l7 -34l7 34M${n.x+20} ${n.y+20}h18M${n.x+22} ${n.y+28}h14M${n.x+25} ${n.y+33}l9 8M${n.x+33} ${n.y+33}l-9 8`;return he`
      <g role="img" aria-label="${s.picture.meter} ${l} ${i.power(a)}" class="node" data-node="meter">
        <rect class="tile" x=${t.x} y=${t.y} width=${t.width} height=${t.height} rx="10" />
        <text class="small" x=${t.x+12} y=${t.y+21}>${s.picture.meter}</text>
        <text class="watt ${xn(a)}" x=${t.x+12} y=${t.y+45}>${i.power(a)}</text>
      </g>
      <g role="img" aria-label=${s.picture.grid} class="node" data-node="grid">
        <rect class="tile" x=${n.x} y=${n.y} width=${n.width} height=${n.height} rx="10" />
        <path class="pylon" d=${d} />
        <text class="name" x=${n.x+50} y=${n.y+26}>${s.picture.grid}</text>
        <text class="small" x=${n.x+50} y=${n.y+44}>${i.frequency(o.building.frequency_hz)}</text>
      </g>
    `}legend(){let{t}=this.words;return f`<ul class="legend">
      <li><i class="take"></i>${t.picture.legendIn}</li>
      <li><i class="give"></i>${t.picture.legendOut}</li>
      <li><i class="unknown"></i>${t.picture.legendUnknown}</li>
      <li>${t.picture.legendWidth}</li>
      ${this.stale?f`<li class="warn">${t.connection.stale}</li>`:f`<li>${t.picture.choose}</li>`}
    </ul>`}detail(t){let n=t.flats.find(o=>o.flat===this.chosen);return n===void 0?g:f`<flat-detail
      .flat=${n}
      .lastSlot=${this.slots?.[0]??null}
      .silentMs=${this.silentMs}
      .serverNow=${t.time_ms}
      @close=${()=>this.choose(n)}
    ></flat-detail>`}choose(t){this.chosen=this.chosen===t.flat?null:t.flat,this.chosen!==null&&this.updateComplete.then(()=>{this.renderRoot.querySelector("flat-detail")?.scrollIntoView({block:"nearest"})})}chooseByKey(t,n){t.key!=="Enter"&&t.key!==" "||(t.preventDefault(),this.choose(n))}};$n.properties={state:{attribute:!1},slots:{attribute:!1},stale:{type:Boolean,reflect:!0},silentMs:{attribute:!1},width:{state:!0},chosen:{state:!0}},$n.styles=[se,La];function Gc({x1:r,y1:e,x2:t,y2:n,power:o},s){let i=o.known,a=i===null?1.5:Ba(i,s),l=`${xn(i)}${o.partial?" partial":""}`,d=`M${r} ${e}L${t} ${n}`,c=i!==null&&Math.abs(i)>=jc;return he`<path class="line ${l}" d=${d} stroke-width=${a.toFixed(1)} />
    ${c?he`<path class="flow ${l}" d=${d} stroke-width=${Math.max(1.6,a*.5).toFixed(1)} />`:g}`}customElements.define("flow-picture",$n);var Zc=6e4,Xc=6e5;function Ha(r,e,t,n){let{status:o}=r,s=o.kind==="checked",i=Qc(r.quorum,e);return{flats:s?o.tally.find(({group:a})=>a===Fo)??null:Ua(e),others:s?o.tally.filter(({group:a})=>a!==Fo):[],verifiedHere:s,quorum:i,warning:o.kind==="none"||!s&&Ua(e)===null?null:Jc(i,t,n)}}function Ua(r){return r===null||r.cosigners===null||r.witnesses===null||r.needed===null||r.needed===0?null:{signed:r.cosigners,members:r.witnesses,needed:r.needed}}function Qc(r,e){let{quorum_size:t=null,quorum_ms:n=null}=e??{};return t!==null&&n!==null&&t>(r?.size??0)?{size:t,ms:n,verifiedHere:!1}:r===null?null:{...r,verifiedHere:!0}}function Jc(r,e,t){return e.size===null||e.ageMs===null||e.size<=(r?.size??0)||e.ageMs<=Zc?null:r!==null&&t-r.ms>Xc?"old":"waits"}var eu=6e4,kn=class extends Z{constructor(){super(...arguments);this.words=new re(this)}render(){let{t}=this.words,n=Ha(this.view,this.told,this.head,this.now),{mirrors:o}=this,{change:s}=this.view,i=n.verifiedHere&&n.quorum?.verifiedHere!==!1;return f`<h3>${t.witnesses.heading} ${i&&this.anybody(n)?this.mark():g}</h3>
      ${s===null?g:this.changed(s)}
      <div class="witnesses" data-kind=${this.view.status.kind}>${this.witnesses(n,!i)}</div>
      ${o===null?g:f`<h3>${t.witnesses.copies}</h3>
              ${this.unmirrored()}
              <div class="copies">${this.copies(o)}</div>`}`}anybody({flats:t,others:n}){return t!==null||n.length>0}mark(){return f`<span class="here">✓ ${this.words.t.witnesses.here}</span>`}witnesses(t,n){let{t:o}=this.words,{status:s}=this.view;return s.kind==="none"||s.kind==="waiting"&&!this.anybody(t)?f`<p class="quiet">${s.kind==="none"?o.witnesses.none:o.loading}</p>`:f`${this.signed(t,n)} ${this.quorum(t,n)} ${this.troubles(t)}`}changed(t){let{t:n}=this.words,{pinned:o,served:s,added:i,removed:a,rekeyed:l,unnamed:d,dropped:c}=t,u=[[n.witnesses.added,i],[n.witnesses.removed,a],[n.witnesses.rekeyed,l]];return f`<div class="changed ${d.length>0||c?"wrong":"warning"}" role="alert">
      <p><strong>${n.witnesses.changed}</strong></p>
      <p>${n.witnesses.changedHelp}</p>
      <dl>
        <dt>${n.witnesses.pinned}</dt>
        <dd><code>${o}</code></dd>
        <dt>${n.witnesses.served}</dt>
        <dd><code>${s}</code></dd>
        ${u.map(([m,h])=>h.length===0?g:f`<dt>${m}</dt>
                <dd>${this.named(h)}</dd>`)}
      </dl>
      ${c?f`<p>${n.witnesses.dropped}</p>`:g}
      ${i.length+l.length===0?g:f`<p>${d.length===0?n.witnesses.allNamed:n.witnesses.unnamed(this.named(d))}</p>`}
      <button class="accept" @click=${()=>this.dispatchEvent(new Event("accept-policy"))}>
        ${n.witnesses.accept}
      </button>
    </div>`}signed({flats:t,others:n,verifiedHere:o},s){let{t:i,f:a}=this.words,l=o&&s?this.mark():g,d=n.map(({signed:h,members:x,needed:w})=>f`<p class="outside">
          ${i.witnesses.outside(a.number(h),a.number(x),a.number(w))} ${l}
        </p>`);if(t===null)return f`${d}`;let{signed:c,members:u,needed:m}=t;return f`<p class="flats" data-here=${o}>
        ${i.witnesses.flats(a.number(c),a.number(u),a.number(m))} ${l}
      </p>
      ${d}`}quorum({quorum:t},n){let{t:o,f:s}=this.words;if(t===null)return f`<p class="quorum quiet">${o.witnesses.noQuorum}</p>`;let i=t.verifiedHere&&n?this.mark():g;return f`<p class="quorum" data-here=${t.verifiedHere}>
      ${o.witnesses.quorum(s.moment(t.ms,this.now),s.number(t.size))} ${i}
    </p>`}troubles({warning:t,quorum:n}){let{t:o,f:s}=this.words,{status:i}=this.view,a=s.lasting(this.head.ageMs??0);return f`${i.kind==="checked"&&i.wrong.length>0?f`<p class="wrong" role="alert">${o.witnesses.wrong(this.named(i.wrong))}</p>`:g}
    ${t===null?g:f`<p class="warning" data-kind=${t} role="status">
            ${t==="old"&&n!==null?o.witnesses.old(s.moment(n.ms,this.now),a):o.witnesses.waits(a)}
          </p>`}
    ${i.kind==="checked"&&i.unread.length>0?f`<p class="quiet">${o.witnesses.unread(this.named(i.unread))}</p>`:g}
    ${i.kind==="unreachable"||i.kind==="failed"?f`<p class="warning" data-kind=${i.kind}>${o.witnesses[i.kind]}</p>
            <details>
              <summary>${o.log.detail}</summary>
              <p>${i.detail}</p>
            </details>`:g}`}unmirrored(){let{t,f:n}=this.words,o=this.told?.unmirrored_ms??null;return o===null||this.now-o<eu?g:f`<p class="warning unmirrored" role="status">${t.witnesses.unmirrored(n.lasting(this.now-o))}</p>`}copies(t){let{t:n,f:o}=this.words;if(t.length===0)return f`<p class="quiet">${n.witnesses.noCopies}</p>`;let s=Math.max(this.head.size??0,...t.map(({size:a})=>a)),i=t.filter(({size:a})=>a===s).length;return f`<p>${n.witnesses.copiesHeld(o.number(t.length),o.number(i),o.number(s))}</p>
      <ul>
        ${t.map(({flat:a,size:l,signed_ms:d})=>f`<li class=${l===s?"":"behind"} title=${o.age(this.now-d)}>
              ${a===null?n.unknown:n.picture.flat(a)}${l===s?" ✓":`${n.witnesses.behind(o.number(s-l))}`}
            </li>`)}
      </ul>`}named(t){let{t:n}=this.words;return t.map(o=>{let s=this.names.get(o);return s===void 0?o.slice(0,16):n.picture.flat(s)}).join(n.witnesses.comma)}};kn.properties={view:{attribute:!1},told:{attribute:!1},mirrors:{attribute:!1},head:{attribute:!1},now:{attribute:!1},names:{attribute:!1}},kn.styles=[se,ne`
      :host {
        border-top: 1px solid var(--line);
        margin-top: 14px;
        padding-top: 12px;
        font-size: 13.5px;
      }
      h3 {
        margin: 0 0 4px;
        font-size: 13.5px;
        font-weight: 650;
      }
      h3:not(:first-child) {
        margin-top: 12px;
      }
      p + p {
        margin-top: 3px;
      }
      .here {
        color: var(--good);
        font-size: 12.5px;
        font-weight: 400;
        white-space: nowrap;
      }
      .warning {
        background: var(--warn-soft);
        border-radius: 8px;
        padding: 8px 12px;
        margin: 8px 0;
      }
      .wrong {
        background: var(--bad-soft);
        color: var(--bad);
        border-radius: 8px;
        padding: 8px 12px;
        margin: 8px 0;
      }
      .changed {
        color: var(--text);
      }
      .changed strong {
        font-weight: 650;
      }
      .changed.wrong strong {
        color: var(--bad);
      }
      .changed dl {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        gap: 2px 12px;
        margin: 6px 0;
        font-size: 12.5px;
      }
      .changed dd {
        overflow-wrap: anywhere;
      }
      .changed button {
        margin-top: 8px;
      }
      code {
        font-family: ui-monospace, "SF Mono", Consolas, monospace;
        font-size: 12px;
      }
      ul {
        list-style: none;
        display: flex;
        flex-wrap: wrap;
        gap: 4px 6px;
        margin: 6px 0 0;
        padding: 0;
      }
      li {
        border: 1px solid var(--line);
        border-radius: 99px;
        padding: 0 10px;
        font-size: 12.5px;
      }
      li.behind {
        background: var(--sunken);
        color: var(--quiet);
      }
    `];customElements.define("witness-panel",kn);var En=class extends Z{constructor(){super(...arguments);this.words=new re(this)}render(){let{t,f:n}=this.words,{status:o,head:s,failures:i,lastFailure:a}=this.log;return f`<section aria-labelledby="heading">
      <h2 id="heading">${t.log.heading}</h2>
      <p class="quiet">${t.log.explanation}</p>
      <div class="state ${o.kind}" data-kind=${o.kind} role="status">${this.status()}</div>
      ${i>0&&o.kind!=="failed"&&a!==null?f`<p class="before">${t.log.failedBefore(i,n.time(a))}</p>`:g}
      <dl>
        <dt>${t.log.origin}</dt>
        <dd>${s?.origin??t.unknown}</dd>
        <dt>${t.log.size}</dt>
        <dd data-value="size">${s===null?t.unknown:n.number(Pa(s.size))}</dd>
        <dt>${t.log.root}</dt>
        <dd><code title=${s?.root??""}>${s===null?t.unknown:tu(s.root)}</code></dd>
        <dt>${t.log.age}</dt>
        <dd>${n.age(this.ageMs)}</dd>
        <dt title=${t.log.fingerprintHelp}>${t.log.fingerprint}</dt>
        <dd title=${t.log.fingerprintHelp}><code>${this.fingerprint??t.unknown}</code></dd>
      </dl>
      <button class="again" ?disabled=${o.kind==="checking"} @click=${()=>this.ask("verify-all")}>
        ${t.log.again}
      </button>
      <witness-panel
        .view=${this.witnesses}
        .told=${this.witnessed}
        .mirrors=${this.mirrors}
        .head=${{size:s===null?null:Pa(s.size),ageMs:this.ageMs}}
        .now=${this.now}
        .names=${this.names}
        @accept-policy=${()=>this.ask("accept-policy")}
      ></witness-panel>
    </section>`}status(){let{t,f:n}=this.words,{status:o}=this.log;switch(o.kind){case"waiting":return f`<strong>${t.log.waiting}</strong>`;case"checking":return f`<strong>${t.log.checking(n.number(o.done),n.number(o.size))}</strong>`;case"verified":{let{size:s,hashed:i,milliseconds:a,continues:l}=o,[d,c]=[n.number(s),n.number(Math.max(1,Math.round(a)))],u=i===s?t.log.verifiedAll(d,c):i===0?t.log.verifiedSame(d):t.log.verifiedRest(d,n.number(i),c);return f`<strong>${t.log.verified} ✓</strong>
          <p>${u}</p>
          ${l===null||l===0||l===s?g:f`<p>${t.log.continues(n.number(l))}</p>`}`}case"unreachable":return f`<strong>${t.log.unreachable}</strong>
          <details>
            <summary>${t.log.detail}</summary>
            <p class="technical">${o.detail}</p>
          </details>`;case"failed":return f`<strong>${t.log.failed}</strong>
          <p class="reason" data-code=${o.code}>${t.log.reasons[o.code]}</p>
          ${o.index===null?g:f`<p>${t.log.entry(String(o.index))}</p>`}
          <p>${t.log.advice}</p>
          <details>
            <summary>${t.log.detail}</summary>
            <p class="technical">${o.detail}</p>
            ${["shrunk","fork","key"].includes(o.code)?f`<p>${t.log.forgetHelp}</p>
                    <button class="forget" @click=${()=>this.ask("forget-log")}>${t.log.forget}</button>`:g}
          </details>`}}ask(t){this.dispatchEvent(new Event(t))}};En.properties={log:{attribute:!1},fingerprint:{attribute:!1},ageMs:{attribute:!1},witnesses:{attribute:!1},witnessed:{attribute:!1},mirrors:{attribute:!1},now:{attribute:!1},names:{attribute:!1}},En.styles=[se,ne`
      .state {
        border-radius: 10px;
        padding: 11px 14px;
        margin: 10px 0 14px;
        background: var(--sunken);
        border: 1px solid var(--line);
      }
      .state strong {
        display: block;
        font-size: 16px;
        font-weight: 650;
        line-height: 1.4;
      }
      .verified {
        background: var(--good-soft);
        border-color: transparent;
      }
      .verified strong {
        color: var(--good);
      }
      .unreachable {
        background: var(--warn-soft);
        border-color: transparent;
      }
      .failed {
        background: var(--bad-soft);
        border-color: var(--bad);
      }
      .failed strong {
        color: var(--bad);
      }
      .state p {
        font-size: 13.5px;
        margin-top: 4px;
      }
      details {
        margin-top: 8px;
        font-size: 13px;
      }
      summary {
        cursor: pointer;
        color: var(--quiet);
      }
      .technical {
        overflow-wrap: anywhere;
        margin: 6px 0;
      }
      dl {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        gap: 4px 16px;
        margin-bottom: 14px;
      }
      dd {
        text-align: end;
        overflow-wrap: anywhere;
      }
      code {
        font-family: ui-monospace, "SF Mono", Consolas, monospace;
        font-size: 12.5px;
      }
      .before {
        color: var(--bad);
        font-size: 13px;
        margin-bottom: 10px;
      }
    `];function Pa(r){return/^[0-9]{1,15}$/.test(r)?Number(r):null}function tu(r){return r.length>20?`${r.slice(0,8)}…${r.slice(-8)}`:r}customElements.define("log-panel",En);var Lr="c2sp.org/tlog-proof@v1",Ia=63,nu=12e5;function Da(r){if(r.length>nu)throw new v("format",`a proof of ${r.length} bytes`);let e=r.findIndex((i,a)=>i===10&&r[a+1]===10);if(e<0)throw new v("format","a proof has an empty line before its head");let t=r.slice(0,e);if(t.some(i=>i>127))throw new v("format","a proof's own lines are ASCII");let n=new TextDecoder().decode(t).split(`
`);if(n.shift()!==Lr)throw new v("format",`a proof starts with ${Lr}`);n[0]?.startsWith("extra ")===!0&&Le(n.shift()?.slice(6)??"","the proof's extra data");let[o="",...s]=n;if(!o.startsWith("index "))throw new v("format","a proof tells the index of its entry");if(s.length>Ia)throw new v("format",`a proof's path has at most ${Ia} hashes`);return{index:Vn(o.slice(6),"the proof's index"),path:s.map(i=>Fe(Le(i,"a hash of the proof's path"))),checkpoint:r.slice(e+2)}}var Fa=16*1024,ru=1,ou=32,qa=32,za=16,su=3600,iu=1e5,au=7,lu=1,du=["unknown","grid","solar","battery","vehicle","wind","fuel_cell"],cu=[null,"gas"],uu=["drill","orders","book","cleared"];function Ka(r){if(r.length>Fa)throw new j("encoding",`the file has ${r.length} bytes, a record at most ${Fa}`);let e=gt(r,"the file"),[t,n,o,...s]=Array.isArray(e)?e:[];if(!Ur(t)||!Ur(n)||!Ur(o)||s.length>0)throw new j("field","a record is [envelope, salt, body]");if(n.length!==ou)throw new j("field",`the salt has ${n.length} bytes`);return{entry:t,envelope:Sr(t),salt:n,body:o}}function Va({entry:r}){return ue($e(r))}function ja({envelope:r,salt:e,body:t}){if(!xe($e(be(e,t)),r.commitment))throw new j("commitment","SHA-256 of salt and body is not the commitment that the envelope has");let n=hu(t);if(r.kind==="supply"==(n.carrier===null))throw Te("a carrier belongs to records of a supply, and to them only");if(uu.includes(r.kind)&&!fu(n))throw Te(`a record of kind ${r.kind} names one document by its hash, and measures nothing`);if(r.kind==="drill"&&(n.sender!==n.receiver||(n.reason??"")===""))throw Te("a drill's record is of a device to itself, with the drill's level");return n}function fu(r){let e=[r.imported,r.exported,r.millihertz,r.meter,r.price,r.logSize,r.secondsCount];return r.evidence.length===1&&r.energyWh===0&&(r.errors&lu)===0&&r.meterStatus===0&&e.every(t=>t===null)}function hu(r){let e=new Qe(gt(r,"the body"),"the body");e.exactly(1,"version",ru);let t=s=>i=>gu(e.list(i,s),s),n={startMs:e.unsigned(2,"start"),endMs:e.unsigned(3,"end"),slotSeconds:e.unsigned(15,"slot length",su),sender:ue(e.bytes(5,"sender",za)),receiver:ue(e.bytes(6,"receiver",za)),energyWh:e.unsigned(7,"energy"),imported:e.optional(8,t("import register")),exported:e.optional(9,t("export register")),sources:yu(e.map(10,"sources")),millihertz:e.optional(11,s=>e.unsigned(s,"frequency",iu)),place:e.optional(12,s=>e.text(s,"place")),meterStatus:e.unsigned(13,"meter status",3),errors:e.unsigned(14,"error flags",au),price:e.optional(16,s=>e.unsigned(s,"price")),meter:e.optional(20,s=>e.text(s,"meter")),logSize:e.optional(21,s=>e.unsigned(s,"log size")),reason:e.optional(22,s=>e.text(s,"reason")),evidence:e.optional(19,s=>wu(e.list(s,"evidence")))??[],secondsCount:e.optional(18,s=>e.unsigned(s,"number of seconds")),carrier:e.optional(23,s=>mu(e.unsigned(s,"carrier")))};e.unsigned(4,"time status",3);let o=e.optional(17,s=>e.bytes(s,"root of the seconds",qa));if(e.end(),o===null!=(n.secondsCount===null))throw Te("the root of the seconds and their number go together");return pu(n),n}function pu({startMs:r,endMs:e,slotSeconds:t,sender:n,receiver:o,energyWh:s,sources:i}){let a=Object.values(i).reduce((l,d)=>l+d,0);if(r>e)throw Te("the interval ends before it starts");if(t<1)throw Te("a slot has at least one second");if(n===o&&s>0)throw Te("energy does not move from a device to itself");if(a!==s)throw Te(`the sources sum to ${a} Wh, not to the energy of ${s} Wh`)}function mu(r){let e=cu[r]??null;if(e===null)throw Te("the carrier is unknown");return e}function gu(r,e){let[t,n,...o]=r;if(typeof t!="number"||typeof n!="number"||t<0||o.length>0)throw Te(`${e} is not [begin, end] in Wh`);if(n<t)throw Te(`${e} runs backwards`);return{begin:t,end:n}}function yu(r){let e=[...r].map(([t,n])=>{let o=du[t];if(o===void 0||typeof n!="number"||n<=0)throw Te("a source is unknown or empty");return[o,n]});return Object.fromEntries(e)}function wu(r){let e=r.filter(Ur).filter(t=>t.length===qa);if(r.length===0||e.length<r.length)throw Te("evidence is not a list of hashes");return e.map(ue)}function Te(r){return new j("field",`the body: ${r}`)}function Ur(r){return r instanceof Uint8Array}function Wa(r){let e=new TextEncoder().encode(Lr);return xe(r.slice(0,e.length),e)}function Ya(r,e,t){let n=new Go,o=n.try("record",()=>Ka(r)),s=n.after("body",o,ja);n.after("building",o,({envelope:c})=>{if(c.building!==t.key.name)throw new oe("otherBuilding",`it is meant for ${c.building}, not for ${t.key.name}`)});let i=n.try("proof",()=>Da(e)),a=n.after("head",i,({checkpoint:c})=>Ht(c,t.key));n.after("place",o&&i&&a&&{sealed:o,proof:i,checkpoint:a},bu),n.after("device",o&&i&&{sealed:o,proof:i},c=>xu(c,t.keys));let l=n.after("witnesses",a&&i,c=>vu(c,t));n.after("here",o&&i&&{sealed:o,proof:i},c=>$u(c,t));let{checks:d}=n;return{checks:d,sealed:o,body:s,proof:i,checkpoint:a,cosignatures:n.cosignatures??l,tally:ku(t.policy,n.cosignatures??l),proven:d.every(({outcome:c})=>c!=="failed")}}var oe=class extends Error{constructor(t,n,o="failed",s=null){super(n);this.reason=t;this.outcome=o;this.cosignatures=s}},Go=class{constructor(){this.checks=[];this.cosignatures=null}try(e,t){try{let n=t();return this.checks.push({step:e,outcome:"passed",reason:null,detail:null}),n}catch(n){return n instanceof oe&&(this.cosignatures??=n.cosignatures),this.checks.push(Zo(e,n)),null}}after(e,t,n){return this.try(e,()=>{if(t===null)throw new oe("before","an earlier step has failed","open");return n(t)})}};function Zo(r,e){if(e instanceof oe)return{step:r,outcome:e.outcome,reason:e.reason,detail:e.message};if(e instanceof j)return{step:r,outcome:"failed",reason:e.code,detail:e.message};if(!(e instanceof v))throw e;let{code:t,message:n}=e;return{step:r,outcome:"failed",reason:t==="signature"||t==="origin"?t:"format",detail:n}}function bu({sealed:r,proof:e,checkpoint:t}){let{size:n,root:o}=t,s=Li(pr(r.entry),Xo(e,n));if(!xe(s,o))throw new oe("path","the record and the path lead to another root")}function Xo({index:r,path:e},t){if(r>=t)throw new oe("beyond",`the proof is for entry ${r}, its head has ${t} entries`);let n=Ni(t,r,e);if(n===null)throw new oe("pathLength",`${e.length} hashes do not lead from entry ${r} to the root of ${t}`);return n}function xu({sealed:r,proof:e},t){let{envelope:n}=r,{device:o}=n,s=Qo(o,e.index,t);if(n.keyId!==Pt(s))throw new oe("otherKey",`signed by key ${n.keyId}; device ${o} had ${Pt(s)} there`);if(!hn(n,s))throw new oe("notSigned",`the signature is not of key ${Pt(s)}`)}function Qo(r,e,t){if(e>=t.size)throw new oe("keysUnread",`${t.size} entries were read here`,"open");let n=t.keyAt(r,e===0?1:e);if(n===null)throw new oe("noKey",`the log names no key of device ${r} before entry ${e}`);return n}function vu({checkpoint:r},{policy:e,policyChanged:t}){if(e==="unknown")throw new oe("noPolicy","the policy could not be read","open");if(e==="none"||e.asksForNobody)throw new oe("noWitnesses","there is no policy","open");let{text:n,lines:o}=cn(r),s=Rr(n,o,e);if(s.wrong.length>0)throw new oe("wrongWitness",`wrong signature under the name of ${s.wrong.join(", ")}`,"failed",s);if(!e.isMet(new Set(s.times.keys()))){let i=t?"policyChanged":"tooFew";throw new oe(i,"the policy asks for more signatures","failed",s)}return s}function $u({sealed:r,proof:e},t){let n=t.holds(e.index,Va(r));if(n===null)throw new oe("notRemembered","only the newest entries are remembered","open");if(!n)throw new oe("otherRecord",`entry ${e.index} of the verified log is another record`)}function ku(r,e){return e===null||typeof r=="string"?[]:r.tally(new Set(e.times.keys()))}var Ga="browser",Eu={ed25519:{imported:{name:"Ed25519"},verified:{name:"Ed25519"}},es256:{imported:{name:"ECDSA",namedCurve:"P-256"},verified:{name:"ECDSA",hash:"SHA-256"}}};function Za(){return globalThis.crypto?.subtle??null}async function Xa(r,e,t=Za()){let n=await Su(r,e,t);return{...r,checks:[...r.checks,n],proven:r.proven&&n.outcome!=="failed"}}async function Su({sealed:r,proof:e},t,n=Za()){try{if(n===null)throw new oe("notSecure","there is no crypto.subtle: no secure context","open");if(r===null||e===null)throw new oe("before","an earlier step has failed","open");return await _u(r,e,t,n),await Tu(e,t,n),await Au(r,e,t,n),{step:Ga,outcome:"passed",reason:null,detail:null}}catch(o){return Zo(Ga,o)}}async function _u(r,e,t,n){let{envelope:o,salt:s,body:i,entry:a}=r;if(!xe(await Jo(be(s,i),n),o.commitment))throw new oe("commitment","WebCrypto: SHA-256 of salt and body is not the envelope's commitment");let{size:l,root:d}=Oo($r(e.checkpoint,t.key).text,t.key),c=Xo(e,l),u=await Jo(To(a),n);for(let m of c)u=await Jo(m(u),n);if(!xe(u,d))throw new oe("path","WebCrypto: the record and the path lead to another root")}async function Tu({checkpoint:r},{key:e},t){let{text:n,signatures:o}=$r(r,e);for(let s of o)if(!await Qa({algorithm:"ed25519",data:e.publicKey},s,n,t))throw new oe("signature",`WebCrypto: the signature of ${e.name} over this head is wrong`)}async function Au({envelope:r},{index:e},{keys:t},n){let{device:o,algorithm:s,parts:i}=r,a=Qo(o,e,t);if(s!==a.algorithm||!await Qa(a,i.signature,Ho(i),n))throw new oe("notSigned",`WebCrypto: the signature is not of the key that device ${o} has there`)}async function Jo(r,e){return Fe(new Uint8Array(await e.digest("SHA-256",new Uint8Array(r))))}async function Qa({algorithm:r,data:e},t,n,o){let{imported:s,verified:i}=Eu[r];try{let a=await o.importKey("raw",new Uint8Array(e),s,!1,["verify"]);return await o.verify(i,a,new Uint8Array(t),new Uint8Array(n))}catch(a){if(!(a instanceof DOMException))throw a;if(a.name==="NotSupportedError")throw new oe("noEd25519",a.message,"open");if(a.name==="DataError"||a.name==="OperationError")return!1;throw a}}var Ru=2*1024*1024,Sn=class extends Z{constructor(){super();this.words=new re(this);this.turn=0;this.record=null,this.proof=null,this.report=null,this.trouble=null,this.over=!1}async checkFetched(t,n){this.clear();let o=this.turn;this.scrollIntoView({block:"nearest"});try{let[s,i]=await n;if(o!==this.turn)return;this.record={name:`${t}.etp`,data:s},this.proof={name:`${t}.tlog-proof`,data:i},await this.check()}catch(s){if(!Bu(s))throw s;if(o!==this.turn)return;this.trouble=s instanceof Re?"erased":"unreachable"}await this.updateComplete,this.scrollIntoView({block:"nearest"})}render(){let{t}=this.words,{report:n}=this;return f`<section aria-labelledby="heading">
      <h2 id="heading">${t.proof.heading}</h2>
      <p class="quiet">${t.proof.explanation}</p>
      <label
        class=${this.over?"over":""}
        @dragover=${o=>this.hover(o,!0)}
        @dragleave=${o=>this.hover(o,!1)}
        @drop=${o=>this.drop(o)}
      >
        <strong>${t.proof.choose}</strong>${t.proof.chooseWhich}
        <input class="unseen" type="file" multiple @change=${o=>this.pick(o)} />
      </label>
      ${this.files()}
      ${this.trouble===null?g:f`<p class="trouble" role="alert">${t.proof.troubles[this.trouble]}</p>`}
      <div role="status">${n===null?g:this.result(n)}</div>
    </section>`}files(){let{t}=this.words;if(this.record===null&&this.proof===null)return g;let n=(o,s)=>o===null?f`<li class="missing">– ${s}</li>`:f`<li>✓ ${o.name}</li>`;return f`<ul class="files">
      ${n(this.record,t.proof.missingRecord)} ${n(this.proof,t.proof.missingProof)}
    </ul>`}result(t){let{t:n}=this.words,{proven:o,checks:s,body:i,sealed:a}=t,l=s.filter(({outcome:d,detail:c})=>d==="failed"&&c!==null);return f`<p class="verdict ${o?"proven":"refused"}">
        ${o?f`${n.proof.proven} ✓`:f`${n.proof.refused} ✗`}
      </p>
      <div class="result">
        <div>
          <ul class="checks">
            ${s.map(d=>this.line(d,t))}
          </ul>
        </div>
        ${i===null||a===null?g:f`<div>${this.content(i,a,o)}</div>`}
      </div>
      ${l.length===0?g:f`<details>
              <summary>${n.log.detail}</summary>
              ${l.map(({detail:d})=>f`<p>${d}</p>`)}
            </details>`}`}line(t,n){let{t:o}=this.words,{step:s,outcome:i,reason:a}=t,l={passed:"✓",failed:"✗",open:"–"}[i],d=a===null?this.more(t,n):this.reason(t,n);return f`<li class=${i} data-step=${s} data-outcome=${i} data-reason=${a??""}>
      <span class="mark" role="img" aria-label=${o.proof.outcomes[i]}>${l}</span>
      <span class="what">${o.proof.steps[s]}</span>
      ${d===null?g:f`<span class="why">${d}</span>`}
    </li>`}more({step:t},n){let{t:o,f:s}=this.words;return t==="place"&&n.proof!==null&&n.checkpoint!==null?o.proof.place(String(n.proof.index),s.number(n.checkpoint.size)):t==="witnesses"?this.tally(n):null}reason({reason:t},n){let{t:o}=this.words;if(t===null)return null;let s=o.proof.reasons[t];if(t==="tooFew")return`${this.tally(n)}${o.proof.stop}${s}`;if(t==="wrongWitness"){let i=n.cosignatures?.wrong??[];return`${s} ${i.map(a=>this.party(a)).join(o.witnesses.comma)}`}return s}tally({tally:t}){let{t:n,f:o}=this.words;return t.map(({group:s,signed:i,members:a,needed:l})=>{let d=[o.number(i),o.number(a),o.number(l)];return s==="flats"?n.proof.flats(...d):n.witnesses.outside(...d)}).join(n.proof.stop)}content(t,{envelope:n},o){let{t:s,f:i}=this.words,a=Object.entries(t.sources),l=c=>t.carrier===null?i.wattHours(c):i.litres(c),d=[[s.proof.imported,t.imported],[s.proof.exported,t.exported]];return f`<h3>${s.proof.says}</h3>
      ${o?g:f`<p class="unverified">${s.proof.saysUnproven}</p>`}
      <dl>
        <dt>${s.records.kind}</dt>
        <dd>${s.records.kinds[n.kind]??n.kind}</dd>
        <dt>${s.proof.time}</dt>
        <dd data-value="time">${i.period(t.startMs,t.endMs)}</dd>
        <dt>${t.carrier===null?s.records.energy:s.records.volume}</dt>
        <dd data-value="energy">${l(t.energyWh)}</dd>
        <dt>${s.proof.from}</dt>
        <dd>${this.device(t.sender)}</dd>
        <dt>${s.proof.to}</dt>
        <dd>${this.device(t.receiver)}</dd>
        ${a.length===0?g:f`<dt>${s.records.sources}</dt>
                <dd>
                  ${a.map(([c,u])=>f`<div>${s.records.sourceNames[c]??c} ${l(u)}</div>`)}
                </dd>`}
        ${d.map(([c,u])=>u===null?g:f`<dt>${c}</dt>
                <dd>${l(u.begin)} → ${l(u.end)}</dd>`)}
        ${t.millihertz===null?g:f`<dt>${s.records.frequency}</dt>
                <dd>${i.frequency(t.millihertz/1e3)}</dd>`}
        ${n.kind!=="drill"?g:f`<dt>${s.proof.drillLevel}</dt>
                <dd data-value="level">${(t.reason??"").toUpperCase()}</dd>
                <dt>${s.proof.drillReport}</dt>
                <dd><code data-value="report">${t.evidence[0]}</code></dd>`}
        ${["orders","book","cleared"].includes(n.kind)?f`<dt>${s.proof.document}</dt>
                <dd><code data-value="document">${t.evidence[0]}</code></dd>`:g}
        ${t.price===null?g:f`<dt>${s.slots.price}</dt>
                <dd>${i.price(t.price)}</dd>`}
        ${t.meter===null?g:f`<dt>${s.proof.meter}</dt>
                <dd>${t.meter}</dd>`}
        ${t.meterStatus===0&&t.errors===0?g:f`<dt>${s.proof.remarks}</dt>
                <dd>${this.remarks(t)}</dd>`}
        <dt>${s.proof.signedBy}</dt>
        <dd>${this.device(n.device)}</dd>
      </dl>`}remarks({meterStatus:t,errors:n}){let{t:o}=this.words,s=o.proof.errorFlags.filter((i,a)=>(n&1<<a)!==0);return[o.proof.meterStatus[t]??"",...s].filter(i=>i!=="").join(o.witnesses.comma)}device(t){let n=this.names.get(t);return f`${n===void 0?g:f`<div>${this.party(t)}</div>`}<code
        >${t.slice(0,16)}<wbr />${t.slice(16)}</code
      >`}party(t){let{t:n}=this.words,o=this.names.get(t);return o===void 0?t.slice(0,16):n.records.parties[o]??n.picture.flat(o)}hover(t,n){t.preventDefault(),this.over=n}drop(t){t.preventDefault(),this.over=!1,this.take([...t.dataTransfer?.files??[]])}pick(t){let n=t.target,o=[...n.files??[]];n.value="",this.take(o)}async take(t){(this.report!==null||t.length>1)&&this.clear(),this.trouble=null;let n=this.turn;for(let o of t){if(o.size>Ru){this.trouble="tooLarge";continue}let s=await Ou(o);if(n!==this.turn)return;s===null?this.trouble="unreadable":Wa(s)?this.proof={name:o.name,data:s}:this.record={name:o.name,data:s}}await this.check()}async check(){let{record:t,proof:n}=this;if(t===null||n===null)return;let o=this.turn,s=await this.known();if(o!==this.turn)return;if(s===null){this.trouble="notKnown";return}let i=await Xa(Ya(t.data,n.data,s),s);o===this.turn&&t===this.record&&n===this.proof&&(this.report=i)}clear(){this.turn+=1,this.record=null,this.proof=null,this.report=null,this.trouble=null}};Sn.properties={known:{attribute:!1},names:{attribute:!1},record:{state:!0},proof:{state:!0},report:{state:!0},trouble:{state:!0},over:{state:!0}},Sn.styles=[se,ne`
      label {
        display: block;
        border: 1.5px dashed var(--line);
        border-radius: 10px;
        padding: 14px;
        margin: 10px 0;
        text-align: center;
        text-wrap: balance;
        font-size: 13.5px;
        cursor: pointer;
      }
      label:hover,
      label.over {
        background: var(--sunken);
        border-color: var(--accent);
      }
      label:focus-within {
        outline: 2px solid var(--accent);
        outline-offset: 2px;
      }
      label strong {
        display: block;
        font-weight: 600;
        color: var(--accent);
      }
      .files {
        list-style: none;
        margin: 0 0 10px;
        padding: 0;
        font-size: 13px;
      }
      .files li {
        overflow-wrap: anywhere;
      }
      .files .missing {
        color: var(--quiet);
      }
      .trouble {
        background: var(--warn-soft);
        border-radius: 8px;
        padding: 8px 12px;
        font-size: 13.5px;
      }
      .verdict {
        border-radius: 10px;
        padding: 11px 14px;
        margin: 4px 0 12px;
        font-size: 16px;
        font-weight: 650;
      }
      .verdict.proven {
        background: var(--good-soft);
        color: var(--good);
      }
      .verdict.refused {
        background: var(--bad-soft);
        border: 1px solid var(--bad);
        color: var(--bad);
      }
      .result {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 340px), 1fr));
        gap: 0 32px;
      }
      .checks {
        list-style: none;
        margin: 0 0 14px;
        padding: 0;
        font-size: 13.5px;
      }
      .checks li {
        display: grid;
        grid-template-columns: 20px minmax(0, 1fr);
        gap: 0 6px;
        padding: 4px 0;
      }
      .checks .mark {
        font-weight: 700;
        text-align: center;
      }
      .passed .mark {
        color: var(--good);
      }
      .failed .mark,
      .failed .why {
        color: var(--bad);
      }
      .open .mark,
      .open .what {
        color: var(--quiet);
      }
      .why {
        grid-column: 2;
        font-size: 13px;
      }
      .open .why {
        color: var(--quiet);
      }
      h3 {
        margin: 0 0 6px;
        font-size: 13.5px;
        font-weight: 650;
      }
      dl {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        gap: 3px 16px;
        font-size: 13.5px;
      }
      dd {
        text-align: end;
        overflow-wrap: anywhere;
      }
      code {
        font-family: ui-monospace, "SF Mono", Consolas, monospace;
        font-size: 12px;
      }
      details {
        margin-top: 10px;
        font-size: 13px;
      }
      summary {
        cursor: pointer;
        color: var(--quiet);
      }
      details p {
        overflow-wrap: anywhere;
        margin-top: 4px;
      }
      .unverified {
        color: var(--quiet);
        font-size: 12.5px;
        margin-bottom: 6px;
      }
    `];function Bu(r){return[Re,ke,je].some(e=>r instanceof e)}async function Ou(r){try{return new Uint8Array(await r.arrayBuffer())}catch(e){if(e instanceof DOMException)return null;throw e}}customElements.define("proof-check",Sn);var _n=class extends Z{constructor(){super();this.words=new re(this);this.seen=null;this.newest=null;this.all=!1}willUpdate(t){!t.has("records")||this.records===null||(this.seen=this.newest??this.records[0]?.index??-1,this.newest=this.records[0]?.index??-1)}render(){let{t}=this.words,n=this.records?.filter(o=>this.all||!Cu(o))??[];return f`<section aria-labelledby="heading">
      <div class="top">
        <h2 id="heading">${t.records.heading}</h2>
        <label title=${t.records.showAllHelp}>
          <input
            type="checkbox"
            class="all"
            .checked=${this.all}
            @change=${o=>{this.all=o.target.checked}}
          />${t.records.showAll}
        </label>
      </div>
      ${this.records===null?f`<p class="quiet">${t.loading}</p>`:n.length===0?f`<p class="quiet">${this.records.length===0?t.records.none:t.records.onlyEmpty}</p>`:this.table(n)}
    </section>`}table(t){let{t:n}=this.words;return f`<div class="scroll" tabindex="0" role="region" aria-labelledby="heading">
      <table role="table">
        <thead role="rowgroup">
          <tr role="row">
            <th role="columnheader" scope="col" class="number">${n.records.index}</th>
            <th role="columnheader" scope="col">${n.records.kind}</th>
            <th role="columnheader" scope="col">${n.records.slot}</th>
            <th role="columnheader" scope="col">${n.records.route}</th>
            <th role="columnheader" scope="col" class="number">${n.records.energy}</th>
            <th role="columnheader" scope="col">${n.records.sources}</th>
            <th role="columnheader" scope="col" class="number">${n.records.frequency}</th>
            <th role="columnheader" scope="col" class="number">${n.records.inLog}</th>
            <th role="columnheader" scope="col"><span class="unseen">${n.records.verify}</span></th>
          </tr>
        </thead>
        <tbody role="rowgroup">
          ${bn(t,({index:o})=>o,o=>this.row(o))}
        </tbody>
      </table>
    </div>`}row(t){let{t:n,f:o}=this.words,s=this.seen!==null&&t.index>this.seen,i=n.records.kinds[t.kind]??t.kind,a=this.serverNow??t.time_ms;return f`<tr role="row" class=${s?"fresh":""} data-index=${t.index}>
      <td role="cell" class="number index">${t.index}</td>
      <td role="cell" class="kinds"><span class="kind ${t.kind}">${i}</span></td>
      <td role="cell" class="slot">${o.moment(t.slot*1e3,a)}</td>
      <td role="cell" class="route">
        ${this.party(t.sender)}<span class="arrow" aria-label=${n.records.to}>→</span
        >${this.party(t.receiver)}
      </td>
      <td role="cell" class="number energy">${o.energy(t.energy_wh)}</td>
      <td role="cell" class="colours">${this.sources(t)}</td>
      <td role="cell" class="number hz">${o.frequency(t.frequency_hz)}</td>
      <td role="cell" class="number log">${this.mark(t)}</td>
      <td role="cell" class="number check">
        <button
          class="verify"
          aria-label=${n.records.verifyHelp(t.index)}
          @click=${()=>this.verify(t.index)}
        >
          ${n.records.verify}
        </button>
      </td>
    </tr>`}verify(t){this.dispatchEvent(new CustomEvent("verify-record",{detail:t}))}party(t){let{t:n}=this.words;return t===null?n.unknown:n.records.parties[t]??t}sources({sources:t}){let{t:n,f:o}=this.words,s=Object.entries(t??{});return s.length===0?n.unknown:f`<span class="sources"
      >${s.map(([i,a])=>f`<span class="chip ${i}"
            ><i></i
            >${n.records.sourceNames[i]??i}${s.length>1?f` ${o.energy(a)}`:g}</span
          >`)}</span
    >`}mark(t){let{t:n}=this.words;switch(this.holds(t)){case!0:return f`<span class="held" role="img" aria-label=${n.records.held} title=${n.records.held}>✓</span>`;case!1:return f`<span class="bad" role="img" aria-label=${n.records.notHeld} title=${n.records.notHeld}>✗</span>`;case null:return f`<span role="img" aria-label=${n.records.notChecked} title=${n.records.notChecked}
          >${n.unknown}</span
        >`}}};_n.properties={records:{attribute:!1},serverNow:{attribute:!1},log:{attribute:!1},holds:{attribute:!1},all:{state:!0}},_n.styles=[se,ne`
      .scroll {
        max-height: 520px;
        overflow-y: auto;
        margin: 0 -18px -18px;
      }
      table {
        width: 100%;
        border-collapse: collapse;
        font-size: 13.5px;
      }
      th {
        position: sticky;
        top: 0;
        z-index: 1;
        background: var(--card);
        text-align: start;
        font-weight: 500;
        font-size: 12.5px;
        color: var(--quiet);
        padding: 6px 8px;
        box-shadow: inset 0 -1px 0 var(--line);
        white-space: nowrap;
      }
      td {
        padding: 7px 8px;
        border-top: 1px solid var(--line);
        white-space: nowrap;
      }
      th:first-child,
      td:first-child {
        padding-left: 18px;
      }
      th:last-child,
      td:last-child {
        padding-right: 18px;
      }
      .number {
        text-align: end;
      }
      .index {
        color: var(--quiet);
      }
      .kind {
        display: inline-block;
        min-width: 52px;
        text-align: center;
        padding: 0 8px;
        border-radius: 6px;
        background: var(--sunken);
        border: 1px solid var(--line);
        font-size: 12.5px;
      }
      .kind.transfer {
        background: var(--give-soft);
        border-color: transparent;
      }
      .kind.gap,
      .kind.exception {
        background: var(--warn-soft);
        border-color: transparent;
      }
      .sources {
        display: flex;
        gap: 5px;
        flex-wrap: wrap;
      }
      .chip {
        display: inline-flex;
        align-items: center;
        gap: 5px;
        border-radius: 99px;
        border: 1px solid var(--line);
        padding: 0 9px 0 7px;
        font-size: 12px;
      }
      .chip i {
        width: 8px;
        height: 8px;
        border-radius: 50%;
        background: var(--quiet);
      }
      .chip.solar i {
        background: var(--solar-fill);
      }
      .chip.grid i {
        background: var(--take);
      }
      .chip.battery i,
      .chip.vehicle i {
        background: var(--battery);
      }
      .chip.wind i,
      .chip.fuel_cell i {
        background: var(--give);
      }
      .top {
        display: flex;
        flex-wrap: wrap;
        align-items: baseline;
        justify-content: space-between;
        gap: 0 16px;
      }
      .top label {
        display: inline-flex;
        align-items: center;
        gap: 6px;
        font-size: 13px;
        color: var(--quiet);
        cursor: pointer;
      }
      input {
        accent-color: var(--accent);
        margin: 0;
      }
      button.verify {
        padding: 1px 8px;
        font-size: 12px;
      }
      .held {
        color: var(--good);
        font-weight: 700;
      }
      .bad {
        color: var(--bad);
        font-weight: 700;
      }
      .arrow {
        color: var(--quiet);
        padding: 0 4px;
      }
      tr.fresh td {
        animation: fresh 2.5s ease-out;
      }
      @keyframes fresh {
        from {
          background: var(--good-soft);
        }
      }
      @media (prefers-reduced-motion: reduce) {
        tr.fresh td {
          animation: none;
        }
      }
      @media (max-width: 700px) {
        .scroll {
          margin: 0 -12px -14px;
        }
        thead {
          position: absolute;
          clip-path: inset(50%);
        }
        tr {
          display: grid;
          grid-template-columns: auto minmax(0, 1fr) auto;
          gap: 2px 10px;
          padding: 8px 12px;
          border-top: 1px solid var(--line);
          align-items: center;
        }
        td,
        td:first-child,
        td:last-child {
          display: block;
          padding: 0;
          border: 0;
        }
        td.index {
          grid-area: 2 / 1;
          font-size: 12px;
        }
        td.kinds {
          grid-area: 1 / 1;
        }
        td.route {
          grid-area: 1 / 2;
          overflow: hidden;
          text-overflow: ellipsis;
        }
        td.energy {
          grid-area: 1 / 3;
          font-weight: 600;
        }
        td.slot {
          grid-area: 2 / 2;
          color: var(--quiet);
          font-size: 12px;
        }
        td.log {
          grid-area: 2 / 3;
          text-align: end;
        }
        td.colours {
          grid-area: 3 / 1 / auto / 3;
        }
        td.check {
          grid-area: 3 / 3;
        }
        td.hz {
          grid-area: 2 / 2;
          color: var(--quiet);
          font-size: 12px;
        }
      }
    `];function Cu({kind:r,energy_wh:e}){return(r==="interval"||r==="transfer")&&e===0}customElements.define("record-table",_n);var es=48,Tn=352,Hr=132,Ja=16,Mu=48,An=Tn/es,Rn=class extends Z{constructor(){super();this.words=new re(this);this.chosen=null}render(){let{t}=this.words,n=this.slots?.[0];return f`<section aria-labelledby="heading">
      <h2 id="heading">${t.slots.heading}</h2>
      ${this.slots===null?f`<p class="quiet">${t.loading}</p>`:n===void 0?f`<p class="quiet">${t.slots.none}</p>`:this.filled(this.slots,n)}
    </section>`}filled(t,n){let{t:o}=this.words,s=Lu(t,n),i=s.find(({slot:a})=>a.slot===this.chosen)??s[0];return f`
      ${this.chart(s,i)}
      <ul>
        <li><i class="shared"></i>${o.slots.shared}</li>
        <li><i class="grid"></i>${o.slots.fromGrid}</li>
        <li><i class="surplus"></i>${o.slots.surplus}</li>
      </ul>
      ${i===void 0?g:this.figures(i)} ${this.table(s)}
    `}chart(t,n){let{t:o,f:s}=this.words,i=Math.max(1,...t.map(({energy:u})=>u.shared+u.fromGrid)),a=Math.max(0,...t.map(({energy:u})=>u.surplus)),l=(Hr-Ja-14)/(i+a),d=14+i*l,c=Nu([t[0],t.at(-1),t[Math.floor(t.length/2)]]);return f`<svg viewBox="0 0 ${Tn} ${Hr}" role="img" aria-label=${o.slots.label(t.length)}>
      <path class="guide" d="M0 ${14 .toFixed(1)}H${Tn}" />
      <text x="0" y="10">${s.energy(i)}</text>
      ${t.map(u=>this.bar(u,d,l,u===n))}
      <path class="zero" d="M0 ${d.toFixed(1)}H${Tn}" />
      ${c.map(({x:u,slot:m})=>{let h=u<30?"start":u>Tn-30?"end":"middle",x=h==="start"?u:h==="end"?u+An:u+An/2;return he`<text x=${x.toFixed(1)} y=${Hr-3} text-anchor=${h}>${s.time(m.slot*1e3)}</text>`})}
    </svg>`}bar({slot:t,energy:n,x:o},s,i,a){let l=(An-1.4).toFixed(2),[d,c,u]=[n.shared,n.fromGrid,n.surplus].map(m=>m*i);return he`<g data-slot=${t.slot}>
      <rect class="grid" x=${o.toFixed(2)} y=${(s-d-c).toFixed(2)} width=${l} height=${c.toFixed(2)} />
      <rect class="shared" x=${o.toFixed(2)} y=${(s-d).toFixed(2)} width=${l} height=${d.toFixed(2)} />
      <rect class="surplus" x=${o.toFixed(2)} y=${s.toFixed(2)} width=${l} height=${u.toFixed(2)} />
      <rect class="hit ${a?"chosen":""}" x=${(o-.7).toFixed(2)} y="0" width=${An.toFixed(2)} height=${Hr-Ja}
        @pointerenter=${()=>this.choose(t)} @click=${()=>this.choose(t)} />
    </g>`}choose(t){this.chosen=t===this.slots?.[0]?null:t.slot}figures({slot:t,energy:n}){let{t:o,f:s}=this.words,i=n.shared+n.fromGrid,a=i===0?null:n.shared/i*100,l=(d,c)=>f`<div>
        <dt>${d}</dt>
        <dd>${c}</dd>
      </div>`;return f`
      <dl class="one">
        <div class="whole">
          <dt>${o.slots.time}</dt>
          <dd>${s.slot(t.slot,t.seconds,this.serverNow??t.settled_ms)}</dd>
        </div>
        ${l(o.slots.shared,s.energy(n.shared))} ${l(o.slots.price,s.price(xa(t)))}
        ${l(o.slots.fromGrid,s.energy(n.fromGrid))} ${l(o.slots.surplus,s.energy(n.surplus))}
        ${l(o.slots.common,s.energy(t.common_wh))} ${l(o.slots.loss,s.energy(t.loss_wh))}
        <div class="whole">
          <dt>${o.slots.ratio}</dt>
          <dd>${s.percent(a)}</dd>
        </div>
      </dl>
      ${t.missing.length===0?g:f`<p class="missing">${o.slots.missing(t.missing.join(", "))}</p>`}
    `}table(t){let{t:n,f:o}=this.words;return f`<div class="unseen">
      <table>
        <caption>
          ${n.slots.label(t.length)}
        </caption>
        <tr>
          <th scope="col">${n.slots.time}</th>
          <th scope="col">${n.slots.shared}</th>
          <th scope="col">${n.slots.fromGrid}</th>
          <th scope="col">${n.slots.surplus}</th>
        </tr>
        ${t.map(({slot:s,energy:i})=>f`<tr>
              <th scope="row">${o.slot(s.slot,s.seconds,this.serverNow??s.settled_ms)}</th>
              <td>${o.energy(i.shared)}</td>
              <td>${o.energy(i.fromGrid)}</td>
              <td>${o.energy(i.surplus)}</td>
            </tr>`)}
      </table>
    </div>`}};Rn.properties={slots:{attribute:!1},serverNow:{attribute:!1},chosen:{state:!0}},Rn.styles=[se,ne`
      svg {
        display: block;
        width: 100%;
        height: auto;
        touch-action: pan-y;
      }
      .shared {
        fill: var(--give);
        background: var(--give);
      }
      .grid {
        fill: var(--take-soft);
        background: var(--take-soft);
      }
      .surplus {
        fill: var(--solar-fill);
        background: var(--solar-fill);
      }
      .zero {
        stroke: var(--quiet);
        stroke-width: 1;
      }
      .guide {
        stroke: var(--line);
        stroke-width: 1;
      }
      text {
        fill: var(--quiet);
        font-size: 10.5px;
      }
      .hit {
        fill: transparent;
      }
      .hit.chosen {
        fill: var(--quiet);
        opacity: 0.14;
      }
      ul {
        list-style: none;
        display: flex;
        flex-wrap: wrap;
        gap: 2px 16px;
        margin: 8px 0 0;
        padding: 0;
        font-size: 13px;
      }
      ul i {
        display: inline-block;
        width: 10px;
        height: 10px;
        border-radius: 3px;
        margin-right: 6px;
      }
      .one {
        display: grid;
        grid-template-columns: repeat(2, minmax(0, 1fr));
        gap: 4px 16px;
        margin-top: 10px;
        padding-top: 10px;
        border-top: 1px solid var(--line);
      }
      .one > div {
        display: flex;
        justify-content: space-between;
        gap: 8px;
      }
      .one dd {
        white-space: nowrap;
      }
      @media (max-width: 420px) {
        .one {
          grid-template-columns: minmax(0, 1fr);
        }
      }
      .one .whole {
        grid-column: 1 / -1;
      }
      .missing {
        color: var(--warn);
        font-size: 13px;
        margin-top: 6px;
        overflow-wrap: anywhere;
      }
      table {
        border-collapse: collapse;
      }
    `];function Nu(r){let e=[];for(let t of r)t!==void 0&&e.every(({x:n})=>Math.abs(n-t.x)>=Mu)&&e.push(t);return e}function Lu(r,e){return r.map(t=>({slot:t,energy:ba(t),behind:Math.round((e.slot-t.slot)/e.seconds)})).filter(({behind:t})=>t<es).map(({slot:t,energy:n,behind:o})=>({slot:t,energy:n,x:(es-1-o)*An+.7}))}customElements.define("slot-chart",Rn);var Bn=class extends Z{constructor(){super();this.words=new re(this);this.store=null;this.known=()=>this.store?.known()??Promise.resolve(null);this.ask=(t,n)=>this.store?.ask(t,n)??Promise.resolve();this.snapshot=Vo,this.clock=performance.now()}connectedCallback(){super.connectedCallback(),document.documentElement.lang=_e.language,this.store=new Or(t=>{this.snapshot=t,this.clock=performance.now()}),this.store.start(),this.timer=setInterval(()=>{this.clock=performance.now()},1e3)}disconnectedCallback(){super.disconnectedCallback(),this.store?.stop(),clearInterval(this.timer)}updated(){let t=this.snapshot.building?.name;document.title=t===void 0?"Local VPP":this.words.t.title(t)}verify(t){let n=this.store?.fetchProven(t),o=this.renderRoot.querySelector("proof-check");n!==void 0&&o?.checkFetched(t,n)}held(t){let{t:n}=this.words,o=t?.log??null;return o===null||o.held===null?g:(o.objections??[]).some(({kind:s})=>s==="ahead")?f`<p class="notice" role="alert" data-kind="held">
      ${n.connection.setBack} <code>local-vpp ledger rebuild building.yaml --from MIRROR --recovery-key FILE</code>
    </p>`:f`<p class="notice" role="status" data-kind="held">${n.connection.held}</p>`}render(){let{t}=this.words,{building:n,state:o,stateAt:s,records:i,slots:a,connection:l,log:d,headMs:c,unreadable:u}=this.snapshot,{witnesses:m,witnessed:h,mirrors:x}=this.snapshot,w=o===null?null:o.time_ms+(this.clock-s),k=new Map(o?.flats.flatMap(({device:R,flat:b})=>R===null?[]:[[R,b]])??[]),N=l.kind==="restricted";return f`
      <header>
        <div>
          <div class="product">${t.product}</div>
          <h1>${n?.name??t.loading}</h1>
        </div>
        <div class="right">
          <connection-state .connection=${l} .clock=${this.clock}></connection-state>
          <button
            class="language"
            lang=${_e.language==="ja"?"en":"ja"}
            aria-label=${t.languageLabel}
            @click=${()=>_e.change(_e.language==="ja"?"en":"ja")}
          >
            ${t.language}
          </button>
        </div>
      </header>
      ${N?f`<p class="notice">${t.connection.restrictedHelp}</p>`:g}
      ${u===null?g:f`<p class="notice" role="alert">${t.connection.unreadable(u.event,u.problem)}</p>`}
      ${this.held(o)}
      <alarm-list
        .conflicts=${o?.conflicts??[]}
        .objections=${h?.objections??[]}
        .nextKeyHere=${o?.next_key_here??!1}
        .now=${w??Date.now()}
        .names=${k}
      ></alarm-list>
      <main>
        <div class="wide">
          ${N?g:f`
                  <flow-picture
                    .state=${o}
                    .slots=${a}
                    .stale=${l.kind!=="live"}
                    .silentMs=${this.clock-s}
                  ></flow-picture>
                  <blackout-panel
                    .blackout=${o?.blackout??null}
                    .flats=${o?.flats??[]}
                    .now=${w??Date.now()}
                    .ask=${this.ask}
                  ></blackout-panel>
                  <record-table
                    .records=${i}
                    .serverNow=${w}
                    .log=${d}
                    @verify-record=${R=>this.verify(R.detail)}
                    .holds=${R=>this.store?.holds(R)??null}
                  ></record-table>
                `}
          <proof-check .known=${this.known} .names=${k}></proof-check>
        </div>
        <div class="side">
          ${N?g:f`
                  <building-now
                    .state=${o}
                    .slotSeconds=${n?.slot_seconds??null}
                    .serverNow=${w}
                  ></building-now>
                  <slot-chart .slots=${a} .serverNow=${w}></slot-chart>
                `}
          <log-panel
            .log=${d}
            .fingerprint=${n?.fingerprint??null}
            .ageMs=${c===null||w===null?null:w-c}
            .witnesses=${m}
            .witnessed=${h}
            .mirrors=${x}
            .now=${w??Date.now()}
            .names=${k}
            @verify-all=${()=>this.store?.verifyAll()}
            @forget-log=${()=>this.store?.forgetLog()}
            @accept-policy=${()=>this.store?.acceptPolicy()}
          ></log-panel>
        </div>
      </main>
    `}};Bn.properties={snapshot:{state:!0},clock:{state:!0}},Bn.styles=[se,ne`
      :host {
        display: grid;
        gap: 16px;
        max-width: 1360px;
        margin: 0 auto;
        padding: 14px 20px 48px;
      }
      header {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 6px 16px;
        min-height: 48px;
      }
      h1 {
        margin: 0;
        font-size: 21px;
        font-weight: 680;
        line-height: 1.3;
      }
      .product {
        color: var(--quiet);
        font-size: 12px;
        letter-spacing: 0.06em;
      }
      .right {
        margin-left: auto;
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 8px 12px;
      }
      main {
        display: grid;
        grid-template-columns: minmax(0, 1fr) minmax(0, 392px);
        gap: 16px;
        align-items: start;
      }
      .side,
      .wide {
        display: grid;
        /* What is wider than its column scrolls in itself, and lies over nothing. */
        grid-template-columns: minmax(0, 1fr);
        gap: 16px;
        min-width: 0;
      }
      .notice {
        background: var(--warn-soft);
        color: var(--text);
        border-radius: 10px;
        padding: 10px 14px;
        overflow-wrap: anywhere;
      }
      @media (max-width: 980px) {
        main {
          grid-template-columns: minmax(0, 1fr);
        }
        .side,
        .wide {
          display: contents;
        }
        building-now {
          order: -1;
        }
        blackout-panel {
          order: 1;
        }
        record-table {
          order: 1;
        }
        log-panel {
          order: 2;
        }
        proof-check {
          order: 3;
        }
      }
      @media (max-width: 620px) {
        :host {
          padding: 8px 12px 32px;
          gap: 12px;
        }
        main {
          gap: 12px;
        }
        h1 {
          font-size: 18px;
        }
      }
    `];customElements.define("building-page",Bn);
