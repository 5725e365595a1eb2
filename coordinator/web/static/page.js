var An=globalThis,Rn=An.ShadowRoot&&(An.ShadyCSS===void 0||An.ShadyCSS.nativeShadow)&&"adoptedStyleSheets"in Document.prototype&&"replace"in CSSStyleSheet.prototype,Ur=Symbol(),Ko=new WeakMap,zt=class{constructor(e,t,n){if(this._$cssResult$=!0,n!==Ur)throw Error("CSSResult is not constructable. Use `unsafeCSS` or `css` instead.");this.cssText=e,this.t=t}get styleSheet(){let e=this.o,t=this.t;if(Rn&&e===void 0){let n=t!==void 0&&t.length===1;n&&(e=Ko.get(t)),e===void 0&&((this.o=e=new CSSStyleSheet).replaceSync(this.cssText),n&&Ko.set(t,e))}return e}toString(){return this.cssText}},jo=r=>new zt(typeof r=="string"?r:r+"",void 0,Ur),ne=(r,...e)=>{let t=r.length===1?r[0]:e.reduce((n,o,s)=>n+(i=>{if(i._$cssResult$===!0)return i.cssText;if(typeof i=="number")return i;throw Error("Value passed to 'css' function must be a 'css' function result: "+i+". Use 'unsafeCSS' to pass non-literal values, but take care to ensure page security.")})(o)+r[s+1],r[0]);return new zt(t,r,Ur)},Wo=(r,e)=>{if(Rn)r.adoptedStyleSheets=e.map(t=>t instanceof CSSStyleSheet?t:t.styleSheet);else for(let t of e){let n=document.createElement("style"),o=An.litNonce;o!==void 0&&n.setAttribute("nonce",o),n.textContent=t.cssText,r.appendChild(n)}},Cr=Rn?r=>r:r=>r instanceof CSSStyleSheet?(e=>{let t="";for(let n of e.cssRules)t+=n.cssText;return jo(t)})(r):r;var{is:Fa,defineProperty:Da,getOwnPropertyDescriptor:za,getOwnPropertyNames:qa,getOwnPropertySymbols:Va,getPrototypeOf:Ka}=Object,Bn=globalThis,Yo=Bn.trustedTypes,ja=Yo?Yo.emptyScript:"",Wa=Bn.reactiveElementPolyfillSupport,qt=(r,e)=>r,Hr={toAttribute(r,e){switch(e){case Boolean:r=r?ja:null;break;case Object:case Array:r=r==null?r:JSON.stringify(r)}return r},fromAttribute(r,e){let t=r;switch(e){case Boolean:t=r!==null;break;case Number:t=r===null?null:Number(r);break;case Object:case Array:try{t=JSON.parse(r)}catch{t=null}}return t}},Zo=(r,e)=>!Fa(r,e),Go={attribute:!0,type:String,converter:Hr,reflect:!1,useDefault:!1,hasChanged:Zo};Symbol.metadata??=Symbol("metadata"),Bn.litPropertyMetadata??=new WeakMap;var De=class extends HTMLElement{static addInitializer(e){this._$Ei(),(this.l??=[]).push(e)}static get observedAttributes(){return this.finalize(),this._$Eh&&[...this._$Eh.keys()]}static createProperty(e,t=Go){if(t.state&&(t.attribute=!1),this._$Ei(),this.prototype.hasOwnProperty(e)&&((t=Object.create(t)).wrapped=!0),this.elementProperties.set(e,t),!t.noAccessor){let n=Symbol(),o=this.getPropertyDescriptor(e,n,t);o!==void 0&&Da(this.prototype,e,o)}}static getPropertyDescriptor(e,t,n){let{get:o,set:s}=za(this.prototype,e)??{get(){return this[t]},set(i){this[t]=i}};return{get:o,set(i){let a=o?.call(this);s?.call(this,i),this.requestUpdate(e,a,n)},configurable:!0,enumerable:!0}}static getPropertyOptions(e){return this.elementProperties.get(e)??Go}static _$Ei(){if(this.hasOwnProperty(qt("elementProperties")))return;let e=Ka(this);e.finalize(),e.l!==void 0&&(this.l=[...e.l]),this.elementProperties=new Map(e.elementProperties)}static finalize(){if(this.hasOwnProperty(qt("finalized")))return;if(this.finalized=!0,this._$Ei(),this.hasOwnProperty(qt("properties"))){let t=this.properties,n=[...qa(t),...Va(t)];for(let o of n)this.createProperty(o,t[o])}let e=this[Symbol.metadata];if(e!==null){let t=litPropertyMetadata.get(e);if(t!==void 0)for(let[n,o]of t)this.elementProperties.set(n,o)}this._$Eh=new Map;for(let[t,n]of this.elementProperties){let o=this._$Eu(t,n);o!==void 0&&this._$Eh.set(o,t)}this.elementStyles=this.finalizeStyles(this.styles)}static finalizeStyles(e){let t=[];if(Array.isArray(e)){let n=new Set(e.flat(1/0).reverse());for(let o of n)t.unshift(Cr(o))}else e!==void 0&&t.push(Cr(e));return t}static _$Eu(e,t){let n=t.attribute;return n===!1?void 0:typeof n=="string"?n:typeof e=="string"?e.toLowerCase():void 0}constructor(){super(),this._$Ep=void 0,this.isUpdatePending=!1,this.hasUpdated=!1,this._$Em=null,this._$Ev()}_$Ev(){this._$ES=new Promise(e=>this.enableUpdating=e),this._$AL=new Map,this._$E_(),this.requestUpdate(),this.constructor.l?.forEach(e=>e(this))}addController(e){(this._$EO??=new Set).add(e),this.renderRoot!==void 0&&this.isConnected&&e.hostConnected?.()}removeController(e){this._$EO?.delete(e)}_$E_(){let e=new Map,t=this.constructor.elementProperties;for(let n of t.keys())this.hasOwnProperty(n)&&(e.set(n,this[n]),delete this[n]);e.size>0&&(this._$Ep=e)}createRenderRoot(){let e=this.shadowRoot??this.attachShadow(this.constructor.shadowRootOptions);return Wo(e,this.constructor.elementStyles),e}connectedCallback(){this.renderRoot??=this.createRenderRoot(),this.enableUpdating(!0),this._$EO?.forEach(e=>e.hostConnected?.())}enableUpdating(e){}disconnectedCallback(){this._$EO?.forEach(e=>e.hostDisconnected?.())}attributeChangedCallback(e,t,n){this._$AK(e,n)}_$ET(e,t){let n=this.constructor.elementProperties.get(e),o=this.constructor._$Eu(e,n);if(o!==void 0&&n.reflect===!0){let s=(n.converter?.toAttribute!==void 0?n.converter:Hr).toAttribute(t,n.type);this._$Em=e,s==null?this.removeAttribute(o):this.setAttribute(o,s),this._$Em=null}}_$AK(e,t){let n=this.constructor,o=n._$Eh.get(e);if(o!==void 0&&this._$Em!==o){let s=n.getPropertyOptions(o),i=typeof s.converter=="function"?{fromAttribute:s.converter}:s.converter?.fromAttribute!==void 0?s.converter:Hr;this._$Em=o;let a=i.fromAttribute(t,s.type);this[o]=a??this._$Ej?.get(o)??a,this._$Em=null}}requestUpdate(e,t,n,o=!1,s){if(e!==void 0){let i=this.constructor;if(o===!1&&(s=this[e]),n??=i.getPropertyOptions(e),!((n.hasChanged??Zo)(s,t)||n.useDefault&&n.reflect&&s===this._$Ej?.get(e)&&!this.hasAttribute(i._$Eu(e,n))))return;this.C(e,t,n)}this.isUpdatePending===!1&&(this._$ES=this._$EP())}C(e,t,{useDefault:n,reflect:o,wrapped:s},i){n&&!(this._$Ej??=new Map).has(e)&&(this._$Ej.set(e,i??t??this[e]),s!==!0||i!==void 0)||(this._$AL.has(e)||(this.hasUpdated||n||(t=void 0),this._$AL.set(e,t)),o===!0&&this._$Em!==e&&(this._$Eq??=new Set).add(e))}async _$EP(){this.isUpdatePending=!0;try{await this._$ES}catch(t){Promise.reject(t)}let e=this.scheduleUpdate();return e!=null&&await e,!this.isUpdatePending}scheduleUpdate(){return this.performUpdate()}performUpdate(){if(!this.isUpdatePending)return;if(!this.hasUpdated){if(this.renderRoot??=this.createRenderRoot(),this._$Ep){for(let[o,s]of this._$Ep)this[o]=s;this._$Ep=void 0}let n=this.constructor.elementProperties;if(n.size>0)for(let[o,s]of n){let{wrapped:i}=s,a=this[o];i!==!0||this._$AL.has(o)||a===void 0||this.C(o,void 0,s,a)}}let e=!1,t=this._$AL;try{e=this.shouldUpdate(t),e?(this.willUpdate(t),this._$EO?.forEach(n=>n.hostUpdate?.()),this.update(t)):this._$EM()}catch(n){throw e=!1,this._$EM(),n}e&&this._$AE(t)}willUpdate(e){}_$AE(e){this._$EO?.forEach(t=>t.hostUpdated?.()),this.hasUpdated||(this.hasUpdated=!0,this.firstUpdated(e)),this.updated(e)}_$EM(){this._$AL=new Map,this.isUpdatePending=!1}get updateComplete(){return this.getUpdateComplete()}getUpdateComplete(){return this._$ES}shouldUpdate(e){return!0}update(e){this._$Eq&&=this._$Eq.forEach(t=>this._$ET(t,this[t])),this._$EM()}updated(e){}firstUpdated(e){}};De.elementStyles=[],De.shadowRootOptions={mode:"open"},De[qt("elementProperties")]=new Map,De[qt("finalized")]=new Map,Wa?.({ReactiveElement:De}),(Bn.reactiveElementVersions??=[]).push("2.1.2");var Pr=globalThis,Xo=r=>r,On=Pr.trustedTypes,Qo=On?On.createPolicy("lit-html",{createHTML:r=>r}):void 0,Fr="$lit$",ze=`lit$${Math.random().toFixed(9).slice(2)}$`,Dr="?"+ze,Ya=`<${Dr}>`,ct=document,Kt=()=>ct.createComment(""),jt=r=>r===null||typeof r!="object"&&typeof r!="function",zr=Array.isArray,os=r=>zr(r)||typeof r?.[Symbol.iterator]=="function",Ir=`[ 	
\f\r]`,Vt=/<(?:(!--|\/[^a-zA-Z])|(\/?[a-zA-Z][^>\s]*)|(\/?$))/g,Jo=/-->/g,es=/>/g,lt=RegExp(`>|${Ir}(?:([^\\s"'>=/]+)(${Ir}*=${Ir}*(?:[^ 	
\f\r"'\`<>=]|("|')|))|$)`,"g"),ts=/'/g,ns=/"/g,ss=/^(?:script|style|textarea|title)$/i,qr=r=>(e,...t)=>({_$litType$:r,strings:e,values:t}),m=qr(1),de=qr(2),df=qr(3),qe=Symbol.for("lit-noChange"),x=Symbol.for("lit-nothing"),rs=new WeakMap,dt=ct.createTreeWalker(ct,129);function is(r,e){if(!zr(r)||!r.hasOwnProperty("raw"))throw Error("invalid template strings array");return Qo!==void 0?Qo.createHTML(e):e}var as=(r,e)=>{let t=r.length-1,n=[],o,s=e===2?"<svg>":e===3?"<math>":"",i=Vt;for(let a=0;a<t;a++){let l=r[a],d,c,f=-1,p=0;for(;p<l.length&&(i.lastIndex=p,c=i.exec(l),c!==null);)p=i.lastIndex,i===Vt?c[1]==="!--"?i=Jo:c[1]!==void 0?i=es:c[2]!==void 0?(ss.test(c[2])&&(o=RegExp("</"+c[2],"g")),i=lt):c[3]!==void 0&&(i=lt):i===lt?c[0]===">"?(i=o??Vt,f=-1):c[1]===void 0?f=-2:(f=i.lastIndex-c[2].length,d=c[1],i=c[3]===void 0?lt:c[3]==='"'?ns:ts):i===ns||i===ts?i=lt:i===Jo||i===es?i=Vt:(i=lt,o=void 0);let u=i===lt&&r[a+1].startsWith("/>")?" ":"";s+=i===Vt?l+Ya:f>=0?(n.push(d),l.slice(0,f)+Fr+l.slice(f)+ze+u):l+ze+(f===-2?a:u)}return[is(r,s+(r[t]||"<?>")+(e===2?"</svg>":e===3?"</math>":"")),n]},Wt=class r{constructor({strings:e,_$litType$:t},n){let o;this.parts=[];let s=0,i=0,a=e.length-1,l=this.parts,[d,c]=as(e,t);if(this.el=r.createElement(d,n),dt.currentNode=this.el.content,t===2||t===3){let f=this.el.content.firstChild;f.replaceWith(...f.childNodes)}for(;(o=dt.nextNode())!==null&&l.length<a;){if(o.nodeType===1){if(o.hasAttributes())for(let f of o.getAttributeNames())if(f.endsWith(Fr)){let p=c[i++],u=o.getAttribute(f).split(ze),b=/([.?@])?(.*)/.exec(p);l.push({type:1,index:s,name:b[2],strings:u,ctor:b[1]==="."?Ln:b[1]==="?"?Nn:b[1]==="@"?Un:ut}),o.removeAttribute(f)}else f.startsWith(ze)&&(l.push({type:6,index:s}),o.removeAttribute(f));if(ss.test(o.tagName)){let f=o.textContent.split(ze),p=f.length-1;if(p>0){o.textContent=On?On.emptyScript:"";for(let u=0;u<p;u++)o.append(f[u],Kt()),dt.nextNode(),l.push({type:2,index:++s});o.append(f[p],Kt())}}}else if(o.nodeType===8)if(o.data===Dr)l.push({type:2,index:s});else{let f=-1;for(;(f=o.data.indexOf(ze,f+1))!==-1;)l.push({type:7,index:s}),f+=ze.length-1}s++}}static createElement(e,t){let n=ct.createElement("template");return n.innerHTML=e,n}};function ft(r,e,t=r,n){if(e===qe)return e;let o=n!==void 0?t._$Co?.[n]:t._$Cl,s=jt(e)?void 0:e._$litDirective$;return o?.constructor!==s&&(o?._$AO?.(!1),s===void 0?o=void 0:(o=new s(r),o._$AT(r,t,n)),n!==void 0?(t._$Co??=[])[n]=o:t._$Cl=o),o!==void 0&&(e=ft(r,o._$AS(r,e.values),o,n)),e}var Mn=class{constructor(e,t){this._$AV=[],this._$AN=void 0,this._$AD=e,this._$AM=t}get parentNode(){return this._$AM.parentNode}get _$AU(){return this._$AM._$AU}u(e){let{el:{content:t},parts:n}=this._$AD,o=(e?.creationScope??ct).importNode(t,!0);dt.currentNode=o;let s=dt.nextNode(),i=0,a=0,l=n[0];for(;l!==void 0;){if(i===l.index){let d;l.type===2?d=new _t(s,s.nextSibling,this,e):l.type===1?d=new l.ctor(s,l.name,l.strings,this,e):l.type===6&&(d=new Cn(s,this,e)),this._$AV.push(d),l=n[++a]}i!==l?.index&&(s=dt.nextNode(),i++)}return dt.currentNode=ct,o}p(e){let t=0;for(let n of this._$AV)n!==void 0&&(n.strings!==void 0?(n._$AI(e,n,t),t+=n.strings.length-2):n._$AI(e[t])),t++}},_t=class r{get _$AU(){return this._$AM?._$AU??this._$Cv}constructor(e,t,n,o){this.type=2,this._$AH=x,this._$AN=void 0,this._$AA=e,this._$AB=t,this._$AM=n,this.options=o,this._$Cv=o?.isConnected??!0}get parentNode(){let e=this._$AA.parentNode,t=this._$AM;return t!==void 0&&e?.nodeType===11&&(e=t.parentNode),e}get startNode(){return this._$AA}get endNode(){return this._$AB}_$AI(e,t=this){e=ft(this,e,t),jt(e)?e===x||e==null||e===""?(this._$AH!==x&&this._$AR(),this._$AH=x):e!==this._$AH&&e!==qe&&this._(e):e._$litType$!==void 0?this.$(e):e.nodeType!==void 0?this.T(e):os(e)?this.k(e):this._(e)}O(e){return this._$AA.parentNode.insertBefore(e,this._$AB)}T(e){this._$AH!==e&&(this._$AR(),this._$AH=this.O(e))}_(e){this._$AH!==x&&jt(this._$AH)?this._$AA.nextSibling.data=e:this.T(ct.createTextNode(e)),this._$AH=e}$(e){let{values:t,_$litType$:n}=e,o=typeof n=="number"?this._$AC(e):(n.el===void 0&&(n.el=Wt.createElement(is(n.h,n.h[0]),this.options)),n);if(this._$AH?._$AD===o)this._$AH.p(t);else{let s=new Mn(o,this),i=s.u(this.options);s.p(t),this.T(i),this._$AH=s}}_$AC(e){let t=rs.get(e.strings);return t===void 0&&rs.set(e.strings,t=new Wt(e)),t}k(e){zr(this._$AH)||(this._$AH=[],this._$AR());let t=this._$AH,n,o=0;for(let s of e)o===t.length?t.push(n=new r(this.O(Kt()),this.O(Kt()),this,this.options)):n=t[o],n._$AI(s),o++;o<t.length&&(this._$AR(n&&n._$AB.nextSibling,o),t.length=o)}_$AR(e=this._$AA.nextSibling,t){for(this._$AP?.(!1,!0,t);e!==this._$AB;){let n=Xo(e).nextSibling;Xo(e).remove(),e=n}}setConnected(e){this._$AM===void 0&&(this._$Cv=e,this._$AP?.(e))}},ut=class{get tagName(){return this.element.tagName}get _$AU(){return this._$AM._$AU}constructor(e,t,n,o,s){this.type=1,this._$AH=x,this._$AN=void 0,this.element=e,this.name=t,this._$AM=o,this.options=s,n.length>2||n[0]!==""||n[1]!==""?(this._$AH=Array(n.length-1).fill(new String),this.strings=n):this._$AH=x}_$AI(e,t=this,n,o){let s=this.strings,i=!1;if(s===void 0)e=ft(this,e,t,0),i=!jt(e)||e!==this._$AH&&e!==qe,i&&(this._$AH=e);else{let a=e,l,d;for(e=s[0],l=0;l<s.length-1;l++)d=ft(this,a[n+l],t,l),d===qe&&(d=this._$AH[l]),i||=!jt(d)||d!==this._$AH[l],d===x?e=x:e!==x&&(e+=(d??"")+s[l+1]),this._$AH[l]=d}i&&!o&&this.j(e)}j(e){e===x?this.element.removeAttribute(this.name):this.element.setAttribute(this.name,e??"")}},Ln=class extends ut{constructor(){super(...arguments),this.type=3}j(e){this.element[this.name]=e===x?void 0:e}},Nn=class extends ut{constructor(){super(...arguments),this.type=4}j(e){this.element.toggleAttribute(this.name,!!e&&e!==x)}},Un=class extends ut{constructor(e,t,n,o,s){super(e,t,n,o,s),this.type=5}_$AI(e,t=this){if((e=ft(this,e,t,0)??x)===qe)return;let n=this._$AH,o=e===x&&n!==x||e.capture!==n.capture||e.once!==n.once||e.passive!==n.passive,s=e!==x&&(n===x||o);o&&this.element.removeEventListener(this.name,this,n),s&&this.element.addEventListener(this.name,this,e),this._$AH=e}handleEvent(e){typeof this._$AH=="function"?this._$AH.call(this.options?.host??this.element,e):this._$AH.handleEvent(e)}},Cn=class{constructor(e,t,n){this.element=e,this.type=6,this._$AN=void 0,this._$AM=t,this.options=n}get _$AU(){return this._$AM._$AU}_$AI(e){ft(this,e)}},ls={M:Fr,P:ze,A:Dr,C:1,L:as,R:Mn,D:os,V:ft,I:_t,H:ut,N:Nn,U:Un,B:Ln,F:Cn},Ga=Pr.litHtmlPolyfillSupport;Ga?.(Wt,_t),(Pr.litHtmlVersions??=[]).push("3.3.3");var ds=(r,e,t)=>{let n=t?.renderBefore??e,o=n._$litPart$;if(o===void 0){let s=t?.renderBefore??null;n._$litPart$=o=new _t(e.insertBefore(Kt(),s),s,void 0,t??{})}return o._$AI(r),o};var Vr=globalThis,J=class extends De{constructor(){super(...arguments),this.renderOptions={host:this},this._$Do=void 0}createRenderRoot(){let e=super.createRenderRoot();return this.renderOptions.renderBefore??=e.firstChild,e}update(e){let t=this.render();this.hasUpdated||(this.renderOptions.isConnected=this.isConnected),super.update(e),this._$Do=ds(t,this.renderRoot,this.renderOptions)}connectedCallback(){super.connectedCallback(),this._$Do?.setConnected(!0)}disconnectedCallback(){super.disconnectedCallback(),this._$Do?.setConnected(!1)}render(){return qe}};J._$litElement$=!0,J.finalized=!0,Vr.litElementHydrateSupport?.({LitElement:J});var Za=Vr.litElementPolyfillSupport;Za?.({LitElement:J});(Vr.litElementVersions??=[]).push("4.2.2");var cs={title:r=>`Power at ${r}`,product:"Local VPP",language:"日本語",languageLabel:"日本語に切り替える",unknown:"–",loading:"Loading…",connection:{connecting:"Connecting",live:"Live",lost:r=>`Connection lost. Trying again in ${r} s`,retrying:"Connection lost. Trying again…",stale:"The values shown are from before",restricted:"Not opened as the manager",restrictedHelp:"Power and records are shown when this page is opened with the manager's address. Anyone can check the log here.",held:"No record is taken until enough witnesses have signed the log's head, as after each start. Records wait; none is lost.",setBack:"No record is taken: witnesses have signed more entries than the log has. Stop the coordinator, and put back a newer backup, or rebuild the log from a flat's copy that has them:",unreadable:(r,e)=>`The server's ${r} message cannot be read: ${e}`},alarms:{heading:"Somebody has to look",conflict:(r,e,t)=>`${r}: two different records with number ${e} were signed with its key (found ${t}). Two devices use one key.`,conflictHelp:"Nothing is taken of this flat until the copy is stopped and the manager has reinstated it. Both records are kept as evidence:",ahead:(r,e)=>`${r} has signed a log of ${e} entries, which is more than it has now. Records were removed, or an old state was restored.`,fork:r=>`${r} does not sign the newest head: it does not follow from the one it has signed. The log may have two histories.`,objectionHelp:"The flat keeps both heads as evidence. Tell the manager, and compare with the copies that other flats keep.",nextKey:"The building's next key still lies on the server.",nextKeyHelp:"As long as it does, whoever breaks in can renew the building's key. Print it or copy it away, to another place than the recovery key's sheet, and delete it from the data folder:"},now:{heading:"Now",importing:"From the grid",exporting:"To the grid",bulk:"Bulk meter",balanced:"Nothing to or from the grid",shared:"Flat to flat",sharedHelp:"What flats give and take at this moment, as far as it balances inside the building",pv:"Solar",battery:"Batteries",charging:"charging",discharging:"discharging",common:"Common parts",frequency:"Frequency",flats:"Flats",online:(r,e)=>`${r} of ${e} online`,islanded:r=>`${r} islanded`,partial:"of known flats",atLeast:r=>`≥ ${r}`,latency:"Delay (median/99%)",latencyValues:(r,e)=>`${r} / ${e}`,slot:"This slot",slotEnds:r=>`${r} left`},picture:{heading:"Power flow",label:r=>`Power flow of the building: ${r} flats, common parts, bulk meter, grid`,grid:"Grid",meter:"Bulk meter",meterSub:"of the building",common:"Common",floor:r=>`${r}F`,flat:r=>`Flat ${r}`,buying:"taking",selling:"giving",idle:"nothing either way",offline:"offline",islanded:"island",legendIn:"taking",legendOut:"giving",legendWidth:"wider means more power",legendUnknown:"unknown",choose:"Choose a flat for its details"},flat:{close:"Close",grid:"Power at the meter",load:"Use",pv:"Solar",battery:"Battery",soc:"Charge",frequency:"Frequency",registers:"Registers (taken / given)",age:"Last heard",state:"State",online:"online",offline:"offline",islanded:"running as an island",device:"Device id",fingerprint:"Key fingerprint",notEnrolled:"not enrolled",lastSlot:r=>`Last settled slot, ${r}`,imported:"Taken",exported:"Given",sharedIn:"Shared, received",sharedOut:"Shared, given",insideMoney:"Balance of sharing",gridMoney:"Balance with the grid",notInSlot:"No meter values of this flat arrived"},slots:{heading:"Settled slots",label:r=>`Energy of the last ${r} settled slots`,none:"No slot has been settled yet",shared:"Shared",fromGrid:"From grid",surplus:"Surplus",price:"Price",yenPerKwh:"yen/kWh",missing:r=>`Missing: ${r}`,loss:"Losses",common:"Common parts",ratio:"Covered inside the building",time:"Slot"},records:{heading:"Energy transfer proofs (ETP)",none:"No records yet",index:"No.",kind:"Kind",slot:"Slot",route:"Sender → receiver",to:"to",energy:"Energy",volume:"Volume",sources:"Source",frequency:"Frequency",inLog:"Log",held:"This record stands in the verified log",notHeld:"The log has another record at this number",notChecked:"Not checked yet",showAll:"Show all",showAllHelp:"Also the meter records of directions in which no energy moved",onlyEmpty:"The newest records are all of 0 Wh",verify:"Verify",verifyHelp:r=>`Check record ${r} by its proof in this browser`,kinds:{begin:"begin",interval:"meter",end:"end",tariff_change:"new tariff",exception:"meter exchanged",gap:"gap",enrol:"enrolment",rotate:"new key",revoke:"revoked",raw:"raw data",transfer:"shared",witness:"witness key",mirror:"copy key",settled:"settled",suspend:"suspended",reinstate:"reinstated",erased:"erased",supply:"gas"},parties:{building:"Building",bulk:"Bulk meter",common:"Common parts"},sourceNames:{unknown:"unknown",grid:"grid",solar:"solar",battery:"battery",vehicle:"EV",wind:"wind",fuel_cell:"fuel cell"}},log:{heading:"Check of the log",explanation:"Whether records were changed afterwards is worked out by this browser itself, from every entry, and not taken from the server.",verified:"Verified",verifiedAll:(r,e)=>`${r} entries in ${e} ms`,verifiedRest:(r,e,t)=>`${r} entries (now the last ${e}, in ${t} ms)`,verifiedSame:r=>`${r} entries, unchanged since the check before`,continues:r=>`and they continue the ${r} verified before`,waiting:"Not yet verified",checking:(r,e)=>`Verifying ${r} of ${e}`,unreachable:"Not verified: the log could not be fetched",failed:"Does not verify",failedBefore:(r,e)=>`Verification has failed ${r} times since this page was opened (last ${e})`,reasons:{format:"A file of the log is not in the form it must have.",signature:"The signature is not by the key of the building's log. Somebody poses as the server, or the key was exchanged.",key:"The key of the building's log is not the one this browser knows. This is another server, or the key was exchanged.",origin:"This is the log of another building.",shrunk:"There are fewer records than when last verified. Records were removed, or an old state was restored.",fork:"A history was signed that contradicts the one verified before. Earlier records were replaced.",entry:"A record is not the one whose hash the log's tree holds. It was changed.",root:"All records together do not make the signed value. A record was changed.",missing:"The server does not have records that it has signed for."},entry:r=>`Record concerned: number ${r}`,detail:"Details",advice:"Keep this page as it is, and compare with the building's manager and the copies that other flats keep.",origin:"Name of the log",size:"Entries",root:"Root",age:"Last signed",fingerprint:"Key of the building",fingerprintHelp:"Compare it with the one noted when your flat was enrolled",again:"Verify everything again",forget:"Drop the history verified before and start from the present log",forgetHelp:"Only when you know why the history changed, such as after a restored backup. This also removes the evidence from this browser."},witnesses:{heading:"Signed by other flats",none:"This building has no witnesses yet: the log's own signature stands alone",flats:(r,e,t)=>`${r} of ${e} flats have signed this head, ${t} needed`,outside:(r,e,t)=>`${r} of ${e} outside witnesses have signed, ${t} needed`,quorum:(r,e)=>`Quorum since ${r} for ${e} entries`,noQuorum:"No head has its quorum yet",here:"verified here",waits:r=>`The newest head has waited ${r} for more flats to sign. Your records are kept; neighbours have not confirmed them yet.`,old:(r,e)=>`No new quorum since ${r}; the newest head has waited ${e}. Too few flats are connected. Your records are kept; ask the manager if this lasts.`,wrong:r=>`A signature given out under the name of ${r} is not theirs. Keep this page as it is, and tell the manager.`,unread:r=>`Not checked here, as this page cannot compute its kind of signature: ${r}`,changed:"The list of witnesses has changed",changedHelp:"The signatures go on being counted by the list that this browser saw first, until you take the new one over.",pinned:"Known list",served:"Served now",added:"New",removed:"Gone",rekeyed:"Other key",dropped:"By the new list, nobody would have to sign.",allNamed:"The verified log itself names these flats with these keys, as when flats join or renew their keys.",unnamed:r=>`The verified log does not name these with their keys: ${r}. Take the list over only if the manager has told you why.`,accept:"Take the new list over",unreachable:"The flats' signatures could not be fetched, so they are not checked here",failed:"The list of witnesses or their signatures cannot be read, so they are not checked here",copies:"Copies in other flats",noCopies:"No flat keeps a copy yet",copiesHeld:(r,e,t)=>`${r} copies, ${e} of them with all ${t} entries`,behind:r=>`: ${r} behind`,unmirrored:r=>`For ${r} the flats have signed entries that no flat has a copy of. If the server is lost now, nothing brings the ledger back: see that a flat with a copy is connected and its disk is not full.`,comma:", "},proof:{heading:"Verify my proof",explanation:"Checks one energy transfer proof (ETP) with its two files. Nothing is uploaded: the files are read and checked in this browser only.",choose:"Choose or drop both files",chooseWhich:"the record (.etp) and its proof (.tlog-proof)",missingRecord:"The record (.etp) is still missing",missingProof:"The proof (.tlog-proof) is still missing",proven:"The record is proven",refused:"The record is not proven",outcomes:{passed:"passed",failed:"failed",open:"not known"},steps:{record:"The record is whole and in its one form",body:"Its content is what the signed envelope commits to",building:"It is meant for this building",proof:"The proof is in its one form",head:"The building's log has signed the proof's head",place:"The record stands in the log under that head",device:"The device's own key, as the log names it, has signed the record",witnesses:"Enough other flats have signed the head",here:"The log verified in this browser has the same record there"},reasons:{encoding:"The file is not a record, is cut off, or was changed.",field:"A field says what no record says, or is missing.",commitment:"The content is another than what was signed. It was changed afterwards.",otherBuilding:"It belongs to another building.",format:"The file is not a proof, is cut off, or was changed.",signature:"The signature is not by the key of this building's log.",origin:"The proof is of another building's log.",beyond:"The proof names a number that its head does not reach.",pathLength:"The proof has more or fewer steps than lead to the head.",path:"The record does not lead to the signed head: it, or the proof, was changed, or they do not belong together.",noKey:"The log names no key of this device before this place.",otherKey:"It was signed with another key than the device had at this place of the log.",notSigned:"The signature is not by the device's key. The record was changed, or somebody else wrote it.",keysUnread:"Not checked: this browser has not verified the log so far yet.",wrongWitness:"A signature is wrong, under the name of:",tooFew:"Too few had signed when the proof was written, or more flats have joined since. Download the proof again.",policyChanged:"Not enough by the list of witnesses that this browser knows. The building serves another one now: see the change under 'Signed by other flats'.",noWitnesses:"This building has no witnesses yet.",noPolicy:"The list of witnesses could not be read, so their signatures were not checked.",otherRecord:"The log has another record at this number.",notRemembered:"Not compared: this browser remembers the newest 1,024 records.",before:"Not checked, as an earlier step has failed."},place:(r,e)=>`Number ${r} of ${e} entries (counted from 0)`,flats:(r,e,t)=>`${r} of ${e} flats, ${t} needed`,stop:". ",troubles:{notKnown:"The building's key is not known yet, as the server has not answered. Try again when the page is connected.",tooLarge:"The file is far too large for a record or a proof.",unreadable:"The file cannot be read. Was it moved, or is it a folder?",erased:"The content of this record was erased on request. Its place in the log remains.",unreachable:"The record or its proof could not be fetched. Try again when the page is connected."},says:"What the record says",saysUnproven:"As it stands in the file; it is not proven.",time:"Time",from:"From",to:"To",imported:"Import register",exported:"Export register",meter:"Meter",remarks:"Remarks",meterStatus:["","meter did not answer","meter exchanged","meter read with an error"],errorFlags:["energy not for billing","time not for billing","cut off from the grid"],signedBy:"Written by"},lasting:{minutes:r=>`${r} min`,hours:r=>`${r} h`,days:r=>`${r} days`},age:{seconds:r=>`${r} s ago`,minutes:r=>`${r} min ago`,hours:r=>`${r} h ago`,days:r=>`${r} days ago`},duration:(r,e)=>`${r} min ${e} s`,yen:"yen"};var Yt=class{constructor(e,t){this.language=e;this.messages=t;this.clock=new Intl.DateTimeFormat(e,{hour:"2-digit",minute:"2-digit",hourCycle:"h23"}),this.day=new Intl.DateTimeFormat(e,{month:"numeric",day:"numeric"})}number(e,t=0){return e===null?this.messages.unknown:(Number(e.toFixed(t))+0).toLocaleString(this.language,{minimumFractionDigits:t,maximumFractionDigits:t})}power(e){return this.scaled(e,"W")}shortPower(e){return e===null||Math.abs(e)<999.5?this.power(e):`${this.number(Math.abs(e)/1e3,1)} kW`}energy(e){return this.scaled(e,"Wh")}litres(e){return`${this.number(e)} L`}wattHours(e){return`${this.number(e)} Wh`}scaled(e,t){if(e===null)return this.messages.unknown;let n=Math.abs(e);return n<999.5?`${this.number(n)} ${t}`:`${this.number(n/1e3,n<9995?2:1)} k${t}`}frequency(e){return e===null?this.messages.unknown:`${this.number(e,2)} Hz`}percent(e){return e===null?this.messages.unknown:`${this.number(e)} %`}milliseconds(e){return e===null?this.messages.unknown:`${this.number(e)} ms`}money(e){if(e===null)return this.messages.unknown;let t=this.number(Math.abs(e)/1e5,2);return`${Number((e/1e5).toFixed(2))===0?"":e<0?"−":"+"}${t} ${this.messages.yen}`}price(e){return e===null?this.messages.unknown:`${this.number(e/100,2)} ${this.messages.slots.yenPerKwh}`}time(e){return this.clock.format(e)}moment(e,t){let n=this.day.format(e);return n===this.day.format(t)?this.time(e):`${n} ${this.time(e)}`}slot(e,t,n){return`${this.moment(e*1e3,n)}–${this.time((e+t)*1e3)}`}period(e,t){let n=new Intl.DateTimeFormat(this.language,{dateStyle:"medium"}),o=new Intl.DateTimeFormat(this.language,{timeStyle:"medium",hourCycle:"h23"}),[s,i]=[n.format(e),n.format(t)];return`${s} ${o.format(e)}–${s===i?"":`${i} `}${o.format(t)}`}lasting(e){let{lasting:t}=this.messages,n=Math.max(1,Math.floor(e/6e4));return n<120?t.minutes(this.number(n)):n<2880?t.hours(this.number(n/60)):t.days(this.number(n/1440))}age(e){if(e===null)return this.messages.unknown;let{age:t}=this.messages,n=Math.max(0,e/1e3);return n<9.95?t.seconds(this.number(n,1)):n<99.5?t.seconds(this.number(n)):n<99.5*60?t.minutes(this.number(n/60)):n<48*3600?t.hours(this.number(n/3600)):t.days(this.number(n/86400))}};var fs={title:r=>`${r}の電力`,product:"Local VPP",language:"English",languageLabel:"Switch to English",unknown:"–",loading:"読み込み中…",connection:{connecting:"接続中",live:"ライブ",lost:r=>`接続が切れました。${r} 秒後に再接続します`,retrying:"接続が切れました。再接続しています…",stale:"表示は切断前の値です",restricted:"管理者として開いていません",restrictedHelp:"電力の状態と記録は、管理者用のアドレスから開くと表示されます。ログの検証はどなたでもこの画面でできます。",held:"起動後は毎回、必要な数の証人がログの先頭に署名するまで、記録を受け付けません。記録は待機しており、失われません。",setBack:"証人が、いまのログより多い件数に署名済みのため、記録を受け付けていません。コーディネーターを止め、より新しいバックアップに戻すか、その件数を持つ住戸の写し(ミラー)からログを再建してください:",unreadable:(r,e)=>`サーバーからの ${r} を読み取れません: ${e}`},alarms:{heading:"確認が必要です",conflict:(r,e,t)=>`${r}の鍵で、番号 ${e} の記録が 2 通り署名されました(${t} に検出)。1 つの鍵を 2 台の機器が使っています。`,conflictHelp:"複製された側を止め、管理者が再開するまで、この住戸の記録は受け付けません。両方の記録を証拠として保管しています:",ahead:(r,e)=>`${r}は、いまのログより長い ${e} 件のログに署名済みです。記録が消されたか、古い状態に戻されています。`,fork:r=>`${r}は、最新の状態が署名済みの状態の続きではないとして、署名を拒んでいます。ログの履歴が 2 通りあるおそれがあります。`,objectionHelp:"両方の状態は、この住戸が証拠として保管しています。管理者に連絡し、ほかの住戸の記録(ミラー)と照合してください。",nextKey:"建物の次の鍵が、まだサーバーに置かれています。",nextKeyHelp:"置かれている間は、侵入者が建物の鍵を更新できてしまいます。印刷するか、復旧鍵の控えとは別の場所に写し、データフォルダーから削除してください:"},now:{heading:"現在",importing:"系統から受電",exporting:"系統へ逆潮流",bulk:"受電点",balanced:"系統との授受なし",shared:"住戸間の融通",sharedHelp:"いま住戸が出している電力と使っている電力のうち、建物の中で釣り合っている分",pv:"太陽光",battery:"蓄電池",charging:"充電",discharging:"放電",common:"共用部",frequency:"周波数",flats:"住戸",online:(r,e)=>`${r} / ${e} 戸 受信中`,islanded:r=>`${r} 戸が自立運転`,partial:"届いた値の合計",atLeast:r=>`${r} 以上`,latency:"計測遅延(中央/99%)",latencyValues:(r,e)=>`${r} / ${e}`,slot:"このコマ",slotEnds:r=>`残り ${r}`},picture:{heading:"電力の流れ",label:r=>`建物の電力の流れ。住戸 ${r} 戸、共用部、受電点、系統`,grid:"系統",meter:"受電点",meterSub:"一括受電計量",common:"共用部",floor:r=>`${r}F`,flat:r=>`${r} 号室`,buying:"受電",selling:"送り出し",idle:"授受なし",offline:"通信なし",islanded:"自立",legendIn:"使う向き",legendOut:"送り出す向き",legendWidth:"線の太さは電力の大きさ",legendUnknown:"不明",choose:"住戸を選ぶと詳細を表示します"},flat:{close:"閉じる",grid:"受電点の電力",load:"使用電力",pv:"太陽光",battery:"蓄電池",soc:"充電率",frequency:"周波数",registers:"計量値(受電 / 送り出し)",age:"最終受信",state:"状態",online:"受信中",offline:"通信なし",islanded:"自立運転中",device:"機器 ID",fingerprint:"鍵の照合番号",notEnrolled:"未登録",lastSlot:r=>`前回精算したコマ ${r}`,imported:"受電",exported:"送り出し",sharedIn:"融通で受けた",sharedOut:"融通で渡した",insideMoney:"融通の収支",gridMoney:"系統分の収支",notInSlot:"この住戸の計量値は届いていません"},slots:{heading:"精算済みのコマ",label:r=>`精算済みの直近 ${r} コマの電力量`,none:"精算済みのコマはまだありません",shared:"融通",fromGrid:"系統から",surplus:"余剰",price:"融通単価",yenPerKwh:"円/kWh",missing:r=>`未着: ${r}`,loss:"損失",common:"共用部",ratio:"建物内でまかなった割合",time:"コマ"},records:{heading:"電力移動証明(ETP)",none:"記録はまだありません",index:"番号",kind:"種別",slot:"コマ",route:"送り手 → 受け手",to:"から",energy:"電力量",volume:"体積",sources:"由来",frequency:"周波数",inLog:"ログ",held:"この記録は、検証したログに載っています",notHeld:"この番号のログには別の記録が載っています",notChecked:"まだ照合していません",showAll:"すべて表示",showAllHelp:"電力の動きがなかった向きの計量記録(0 Wh)も表示します",onlyEmpty:"直近の記録はすべて 0 Wh です",verify:"検証",verifyHelp:r=>`番号 ${r} の記録を、証明を使ってこのブラウザーで検証します`,kinds:{begin:"開始",interval:"計量",end:"終了",tariff_change:"単価変更",exception:"メーター交換",gap:"欠測",enrol:"登録",rotate:"鍵更新",revoke:"失効",raw:"生データ",transfer:"融通",witness:"連署鍵",mirror:"ミラー鍵",settled:"精算",suspend:"停止",reinstate:"再開",erased:"消去",supply:"ガス"},parties:{building:"建物",bulk:"受電点",common:"共用部"},sourceNames:{unknown:"不明",grid:"系統",solar:"太陽光",battery:"蓄電池",vehicle:"EV",wind:"風力",fuel_cell:"燃料電池"}},log:{heading:"記録の検証",explanation:"記録が後から書き換えられていないことを、サーバーの言い分によらず、このブラウザーが全件から計算し直して確かめます。",verified:"検証済み",verifiedAll:(r,e)=>`${r} 件を ${e} ms で検証`,verifiedRest:(r,e,t)=>`${r} 件(今回は末尾の ${e} 件を ${t} ms で検証)`,verifiedSame:r=>`${r} 件。前回の検証から変わりありません`,continues:r=>`前に確かめた ${r} 件の続きであることも確認`,waiting:"検証前",checking:(r,e)=>`検証中 ${r} / ${e} 件`,unreachable:"ログを取得できないため、検証できていません",failed:"検証に失敗しました",failedBefore:(r,e)=>`この画面を開いてから ${r} 回、検証に失敗しています(最後 ${e})`,reasons:{format:"ログのファイルが決められた形式になっていません。",signature:"署名が建物のログの鍵によるものではありません。サーバーになりすました者がいるか、鍵が入れ替わっています。",key:"建物のログの鍵が、このブラウザーが前に見た鍵と違います。別のサーバーにつながっているか、鍵が入れ替わっています。",origin:"別の建物のログが送られてきました。",shrunk:"記録の件数が、前に確かめたときより減っています。記録が消されたか、古い状態に戻されています。",fork:"前に確かめた記録と食い違う履歴に署名されています。過去の記録が差し替えられています。",entry:"記録の中身が、ログの木に残されたハッシュと一致しません。記録が書き換えられています。",root:"全件から計算した値が、署名された値と一致しません。記録が書き換えられています。",missing:"署名されているはずの記録がサーバーにありません。"},entry:r=>`該当する記録: 番号 ${r}`,detail:"詳しい内容",advice:"この画面を保存し、建物の管理者とほかの住戸の記録(ミラー)で照合してください。",origin:"ログの名前",size:"件数",root:"ルート",age:"最新の署名",fingerprint:"建物の鍵",fingerprintHelp:"登録時に各戸で控えた番号と同じかを見比べてください",again:"全件を検証し直す",forget:"前に確かめた履歴を破棄し、いまのログを基準にする",forgetHelp:"バックアップからの復元など、履歴が変わった理由が分かっている場合だけ使ってください。破棄すると、食い違いの証拠もこのブラウザーから消えます。"},witnesses:{heading:"ほかの住戸の連署",none:"この建物には連署する住戸がまだありません。署名はログ自身のものだけです",flats:(r,e,t)=>`最新の状態に ${e} 戸中 ${r} 戸が連署(必要数 ${t} 戸)`,outside:(r,e,t)=>`外部の連署者 ${e} 者中 ${r} 者が連署(必要数 ${t} 者)`,quorum:(r,e)=>`${r} に ${e} 件までの連署が定足数に到達`,noQuorum:"連署が定足数に達した状態はまだありません",here:"この画面で検証済み",waits:r=>`最新の状態への連署が、${r}にわたって定足数に達していません。記録は保存されていますが、ほかの住戸による確認はまだです。`,old:(r,e)=>`${r} を最後に、連署が定足数に達していません(最新の状態は ${e}待ち)。つながっている住戸が足りません。記録は保存されています。続くようなら管理者に連絡してください。`,wrong:r=>`${r}の名で示された連署が、本人の署名ではありません。この画面を残したまま、管理者に連絡してください。`,unread:r=>`この画面では計算できない方式の署名のため、未検証: ${r}`,changed:"連署者の一覧が変わりました",changedHelp:"新しい一覧に切り替えるまで、このブラウザーが最初に受け取った一覧を基準に、連署を数えます。",pinned:"これまでの一覧",served:"いま届いている一覧",added:"追加",removed:"削除",rekeyed:"鍵の変更",dropped:"新しい一覧では、誰の連署も必要とされません。",allNamed:"これらの住戸と鍵は、検証済みのログにも登録されています(住戸の追加や鍵の更新のときの変化です)。",unnamed:r=>`検証済みのログに登録されていない鍵があります: ${r}。管理者から理由を聞いていない限り、切り替えないでください。`,accept:"新しい一覧に切り替える",unreachable:"連署を取得できないため、この画面では検証できていません",failed:"連署者の一覧または連署を読み取れないため、この画面では検証できていません",copies:"ほかの住戸にあるミラー(複製)",noCopies:"ミラーを持つ住戸はまだありません",copiesHeld:(r,e,t)=>`ミラー ${r} か所、うち ${e} か所が全 ${t} 件を保持`,behind:r=>`: ${r} 件遅れ`,unmirrored:r=>`${r}前から、連署済みなのにどの住戸にもミラーがない記録があります。いまサーバーが失われると台帳は復旧できません。ミラーを持つ住戸が接続していること、ディスクに空きがあることを確認してください。`,comma:"、"},proof:{heading:"自分の証明を検証する",explanation:"電力移動証明(ETP)1 件を、2 つのファイルから検証します。ファイルはどこにも送信されません。読み取りも検証もこのブラウザーの中だけで行います。",choose:"2 つのファイルを選ぶか、ここにドロップ",chooseWhich:"記録(.etp)とその証明(.tlog-proof)",missingRecord:"記録(.etp)も選んでください",missingProof:"証明(.tlog-proof)も選んでください",proven:"この記録は証明されています",refused:"この記録は証明されていません",outcomes:{passed:"合格",failed:"不合格",open:"未確認"},steps:{record:"記録が欠けておらず、決められた形式である",body:"内容が、署名済みのコミットメント(ハッシュ値)と一致する",building:"この建物あての記録である",proof:"証明が決められた形式である",head:"証明にあるログの状態に、建物のログの署名がある",place:"記録がそのログに載っている",device:"ログに登録されたこの機器の鍵で、記録に署名されている",witnesses:"必要な数の住戸が連署している",here:"このブラウザーで検証したログの同じ番号に、同じ記録がある"},reasons:{encoding:"記録のファイルではないか、途中で切れているか、書き換えられています。",field:"記録にあるはずのない値があるか、必要な項目がありません。",commitment:"内容が署名されたものと異なります。後から書き換えられています。",otherBuilding:"別の建物の記録です。",format:"証明のファイルではないか、途中で切れているか、書き換えられています。",signature:"署名が、この建物のログの鍵によるものではありません。",origin:"別の建物のログの証明です。",beyond:"証明の番号が、署名された件数を超えています。",pathLength:"証明の段数が、ログの件数と合いません。",path:"記録から計算した値が、署名された値と一致しません。記録か証明が書き換えられているか、組み合わせが違います。",noKey:"この位置より前のログに、この機器の鍵が登録されていません。",otherKey:"ログのこの位置で機器が使っていた鍵とは、別の鍵で署名されています。",notSigned:"署名が機器の鍵によるものではありません。記録が書き換えられているか、別の者が作成しています。",keysUnread:"このブラウザーでの検証がログのこの位置まで進んでいないため、確認していません。",wrongWitness:"次の名の連署が正しくありません:",tooFew:"証明を作った時点で連署が足りなかったか、その後に住戸が増えています。証明をダウンロードし直してください。",policyChanged:"このブラウザーが知っている連署者の一覧では、連署が足りません。建物からは別の一覧が届いています。「ほかの住戸の連署」で変更点を確認してください。",noWitnesses:"この建物には連署する住戸がまだありません。",noPolicy:"連署者の一覧を読み取れないため、連署は検証していません。",otherRecord:"ログのこの番号には別の記録が載っています。",notRemembered:"照合していません(このブラウザーが覚えているのは直近 1,024 件です)。",before:"前の段階が不合格のため、確認していません。"},place:(r,e)=>`番号 ${r}(0 から数えて)/ 全 ${e} 件`,flats:(r,e,t)=>`${e} 戸中 ${r} 戸(必要数 ${t} 戸)`,stop:"。",troubles:{notKnown:"サーバーから応答がなく、建物の鍵がまだ分かりません。接続されてからもう一度お試しください。",tooLarge:"記録や証明としては大きすぎるファイルです。",unreadable:"ファイルを読み取れません。移動されたか、フォルダーではありませんか。",erased:"この記録の内容は、請求により消去されています。ログ上の位置は残っています。",unreachable:"記録または証明を取得できません。接続されてからもう一度お試しください。"},says:"記録の内容",saysUnproven:"ファイルに書かれているままの値で、証明されたものではありません。",time:"時間",from:"送り手",to:"受け手",imported:"受電の計量値",exported:"送り出しの計量値",meter:"メーター",remarks:"備考",meterStatus:["","メーター応答なし","メーター交換","メーター読み取り異常"],errorFlags:["電力量は精算対象外","時刻は精算対象外","自立運転を含む"],signedBy:"作成した機器"},lasting:{minutes:r=>`${r} 分`,hours:r=>`${r} 時間`,days:r=>`${r} 日`},age:{seconds:r=>`${r} 秒前`,minutes:r=>`${r} 分前`,hours:r=>`${r} 時間前`,days:r=>`${r} 日前`},duration:(r,e)=>`${r} 分 ${e} 秒`,yen:"円"};var us="local-vpp.language",Xa={ja:fs,en:cs};function Qa(r,e){return r==="ja"||r==="en"?r:e.map(n=>n.slice(0,2)).find(n=>n==="ja"||n==="en")==="en"?"en":"ja"}var Kr=class extends EventTarget{constructor(){super(...arguments);this.language=Qa(Ja(),navigator.languages)}get messages(){return Xa[this.language]}change(t){this.language=t,document.documentElement.lang=t;try{localStorage.setItem(us,t)}catch{}this.dispatchEvent(new Event("change"))}};function Ja(){try{return localStorage.getItem(us)}catch{return null}}var Se=new Kr,se=class{constructor(e){this.host=e;this.format=new Yt(Se.language,Se.messages);this.changed=()=>this.host.requestUpdate();e.addController(this)}get t(){return Se.messages}get f(){return this.format.language!==Se.language&&(this.format=new Yt(Se.language,Se.messages)),this.format}hostConnected(){Se.addEventListener("change",this.changed)}hostDisconnected(){Se.removeEventListener("change",this.changed)}};var v=class extends Error{constructor(t,n,o=null){super(n);this.code=t;this.index=o;this.name="LogError"}},Te=class extends Error{constructor(){super(...arguments);this.name="UnreachableError"}},Ae=class extends Error{constructor(){super(...arguments);this.name="NoSuchFileError"}};var Ve=class extends Error{constructor(){super(...arguments);this.name="DecodeError"}},ee=(r,e)=>{if(typeof r!="string")throw pt(r,e,"a text");return r},Gt=(r,e)=>{if(typeof r!="boolean")throw pt(r,e,"true or false");return r},ae=(r,e)=>{if(typeof r!="number"||!Number.isFinite(r))throw pt(r,e,"a number");return r},ie=(r,e)=>{if(!Number.isSafeInteger(r))throw pt(r,e,"an integer");return r},we=(r,e)=>{if(ie(r,e)<0)throw pt(r,e,"an integer from 0");return r};function D(r){return(e,t)=>e===null?null:r(e,t)}var hs=new WeakSet;function be(r){let e=(t,n)=>t==null?null:r(t,n);return hs.add(e),e}function Ce(r){return(e,t)=>{if(!Array.isArray(e))throw pt(e,t,"a list");return e.map((n,o)=>r(n,`${t}[${o}]`))}}function ps(r){return(e,t)=>{let n=Object.entries(ms(e,t));return Object.fromEntries(n.map(([o,s])=>[o,r(s,`${t}.${o}`)]))}}function xe(r){let e=Object.keys(r);return(t,n)=>{let o=ms(t,n),s={};for(let i of e){if(!(i in o)&&!hs.has(r[i]))throw new Ve(`${n}.${i} is missing`);s[i]=r[i](o[i],`${n}.${i}`)}return s}}function ht(r,e,t){let n;try{n=JSON.parse(e)}catch{throw new Ve(`${t} is not JSON`)}return r(n,t)}function ms(r,e){if(typeof r!="object"||r===null||Array.isArray(r))throw pt(r,e,"an object");return r}function pt(r,e,t){let n=r===void 0?"nothing":JSON.stringify(r).slice(0,60);return new Ve(`${e} is ${n}, expected ${t}`)}var Ke=class extends Error{constructor(){super(...arguments);this.name="ForbiddenError"}};async function In(r,e){let t=await Wr(r,"default");if(t.status===401||t.status===403)throw new Ke(`${r}: ${t.status}`);if(!t.ok)throw new Te(`${r}: HTTP ${t.status}`);return ht(e,await t.text(),r)}async function jr(r){let e=await Wr(r,"no-store");if(e.status===401||e.status===403)throw new Ke(`${r}: ${e.status}`);return gs(e,r)}var Hn=class{async read(e){let t=await Wr(`log/${e}`,"no-store");return gs(t,`log/${e}`)}};async function gs(r,e){if(r.status===404||r.status===410)throw new Ae(e);if(!r.ok)throw new Te(`${e}: HTTP ${r.status}`);return new Uint8Array(await r.arrayBuffer())}async function Wr(r,e){try{return await fetch(r,{cache:e,headers:{Accept:"*/*"},signal:AbortSignal.timeout(2e4)})}catch(t){throw new Te(`${r}: ${t instanceof Error?t.message:String(t)}`)}}var ys=xe({name:ee,origin:ee,version:ee,fingerprint:ee,log_key:ee,slot_seconds:we}),el=xe({flat:ee,device:D(ee),online:Gt,age_ms:D(ae),grid_w:D(ae),pv_w:D(ae),battery_w:D(ae),soc:D(ae),frequency_hz:D(ae),import_wh:D(ie),export_wh:D(ie),islanded:D(Gt),fingerprint:D(ee)}),ws=xe({flat:D(ee),size:we,signed_ms:ae}),tl=xe({witness:ee,kind:ee,size:D(we)}),bs={cosigners:be(we),witnesses:be(we),needed:be(we),quorum_size:be(we),quorum_ms:be(ae),objections:be(Ce(tl)),unmirrored_ms:be(ae)},nl=xe({flat:D(ee),seq:we,seen_ms:ae,hash:ee,suspended:Gt}),xs=xe({time_ms:ae,building:xe({bulk_w:D(ae),common_w:D(ae),frequency_hz:D(ae),import_wh:D(ie),export_wh:D(ie)}),flats:Ce(el),latency_ms:D(xe({p50:D(ae),p99:D(ae),frames:we})),log:be(xe({...bs,held:be(ee)})),conflicts:be(Ce(nl)),mirrors:be(Ce(ws)),next_key_here:be(Gt)}),rl=xe({index:we,hash:ee,time_ms:ae,device:ee,flat:D(ee),kind:ee,slot:ie,seq:we,sender:D(ee),receiver:D(ee),energy_wh:D(ie),sources:D(ps(ie)),frequency_hz:D(ae),start_ms:D(ae),end_ms:D(ae)}),Pn=Ce(rl),vs=xe({size:we,root:ee,origin:ee,checkpoint:ee,time_ms:D(ae),mirrors:be(Ce(ws)),...bs}),ol=xe({flat:D(ee),import_wh:ie,export_wh:ie,shared_in_wh:ie,shared_out_wh:ie,inside_money:ie,grid_money:ie}),Yr=xe({slot:ie,seconds:we,settled_ms:ae,shared_wh:ie,import_wh:ie,export_wh:ie,bulk_import_wh:D(ie),bulk_export_wh:D(ie),common_wh:D(ie),loss_wh:D(ie),building_money:D(ie),missing:Ce(ee),flats:Ce(ol)}),$s=Ce(Yr);var sl=1e4,il=1e3,al=3e4;function ll(r,e){return Math.min(al,il*2**(r-1))*(.75+.25*e)}var Fn=class{constructor(e,t){this.url=e;this.handlers=t;this.source=null;this.failures=0;this.closed=!1}open(){this.closed=!1,this.attempt()}close(){this.closed=!0,this.disconnect()}async attempt(){this.failures===0&&this.handlers.connection({kind:"connecting"});try{await this.handlers.prepare()}catch(n){this.handlers.isFinal(n)&&this.close(),this.retry();return}if(this.closed)return;let e=new EventSource(this.url);this.source=e,this.watch(),e.addEventListener("error",()=>this.retry());let t=!1;this.listen(e,"state",n=>{t||(t=!0,this.opened(e)),this.failures=0,this.watch(),this.handlers.connection({kind:"live"}),this.handlers.state(ht(xs,n,"state"))}),this.listen(e,"records",n=>this.handlers.records(ht(Pn,n,"records"))),this.listen(e,"head",n=>this.handlers.head(ht(vs,n,"head"))),this.listen(e,"slot",n=>this.handlers.slot(ht(Yr,n,"slot")))}async opened(e){try{await this.handlers.opened()}catch{this.source===e&&this.retry()}}listen(e,t,n){e.addEventListener(t,o=>{try{n(o.data)}catch(s){if(!(s instanceof Ve))throw s;this.handlers.unreadable(t,s.message);return}this.handlers.unreadable(t,null)})}watch(){clearTimeout(this.timer),this.timer=setTimeout(()=>this.retry(),sl)}retry(){if(this.disconnect(),this.closed)return;this.failures+=1;let e=ll(this.failures,Math.random());this.handlers.connection({kind:"lost",retryAt:performance.now()+e}),this.timer=setTimeout(()=>{this.attempt()},e)}disconnect(){clearTimeout(this.timer),this.source?.close(),this.source=null}};function He(r){return btoa(String.fromCharCode(...r))}function Me(r,e){let t;try{t=Uint8Array.from(atob(r),n=>n.charCodeAt(0))}catch{throw new v("format",`${e} is not base64`)}if(He(t)!==r)throw new v("format",`${e} is not in the one spelling of base64`);return t}function Dn(r,e){let t=Number(r);if(!/^(0|[1-9][0-9]*)$/.test(r)||!Number.isSafeInteger(t))throw new v("format",`${e} is ${JSON.stringify(r.slice(0,40))}, not a decimal number below 2^53`);return t}function ce(r){return Array.from(r,e=>e.toString(16).padStart(2,"0")).join("")}function ve(r,e){return r.length===e.length&&r.every((t,n)=>t===e[n])}function ye(...r){let e=new Uint8Array(r.reduce((n,o)=>n+o.length,0)),t=0;for(let n of r)e.set(n,t),t+=n.length;return e}var K=class extends Error{constructor(t,n){super(n);this.code=t;this.name="RecordError"}};var dl=23,Es=8,[cl,fl,Ss,_s,Ts,ul,hl,pl]=[0,1,2,3,4,5,6,7],[ml,ks]=[20,21];function Zt(...r){return ye(Zr(Ts,r.length),...r)}function je(r){return ye(Zr(Ss,r.length),r)}function mt(r){let e=new TextEncoder().encode(r);return ye(Zr(_s,e.length),e)}function Zr(r,e){let t=r<<5;if(e<24)return Uint8Array.of(t|e);if(e<256)return Uint8Array.of(t|24,e);if(e>=65536)throw new Error("bad math in head: nothing signed here is so long");return Uint8Array.of(t|25,e>>8,e&255)}function gt(r,e){let t=new Gr(r,e),n=t.value(0);return t.end(),n}var Gr=class{constructor(e,t){this.data=e;this.what=t;this.at=0;this.view=new DataView(e.buffer,e.byteOffset,e.byteLength)}value(e){let t=this.take(1),n=this.view.getUint8(t),[o,s]=[n>>5,n&31];if(o===pl){if(s!==ml&&s!==ks)throw this.refuse("holds a float, null or another value that no record has");return s===ks}if(o===hl)throw this.refuse("holds a tag inside");let i=this.argument(s);switch(o){case cl:return i;case fl:return-1-i;case Ss:return this.bytes(i);case _s:return this.text(i);case Ts:return this.list(i,this.deeper(e));case ul:return this.map(i,this.deeper(e));default:throw new Error("bad math in Reader.value")}}end(){if(this.at!==this.data.length)throw this.refuse(`has ${this.data.length-this.at} bytes after its end`)}argument(e){if(e<24)return e;if(e>27)throw this.refuse("holds a part of open length");let t=2**(e-24),n=this.take(t),o=this.bigEndian(n,t),s=e===24?24:2**(4*t);if(o<s)throw this.refuse(`spells ${o} in more bytes than it needs`);if(!Number.isSafeInteger(o+1))throw this.refuse("holds an integer beyond 2^53");return o}bigEndian(e,t){switch(t){case 1:return this.view.getUint8(e);case 2:return this.view.getUint16(e);case 4:return this.view.getUint32(e);default:return Number(this.view.getBigUint64(e))}}bytes(e){let t=this.take(e);return this.data.slice(t,t+e)}text(e){let t=this.bytes(e);try{return new TextDecoder("utf-8",{fatal:!0,ignoreBOM:!0}).decode(t)}catch{throw this.refuse("holds text that is no UTF-8")}}list(e,t){let n=[];for(let o=0;o<e;o+=1)n.push(this.value(t));return n}map(e,t){let n=new Map,o=-1;for(let s=0;s<e;s+=1){let i=this.value(t);if(typeof i!="number"||i<0||i>dl)throw this.refuse("has a map key beyond 0 to 23");if(i<=o)throw this.refuse(`has the map key ${i} twice or out of order`);o=i,n.set(i,this.value(t))}return n}deeper(e){if(e>=Es)throw this.refuse(`nests more than ${Es} deep`);return e+1}take(e){let t=this.at;if(e>this.data.length-t)throw this.refuse("ends too early");return this.at+=e,t}refuse(e){return new K("encoding",`${this.what} ${e}`)}};var Xe=class{constructor(e,t){this.what=t;if(!(e instanceof Map))throw new K("field",`${t} is not a map`);this.left=new Map(e)}optional(e,t){return this.left.has(e)?t(e):null}unsigned(e,t,n=Number.MAX_SAFE_INTEGER){let o=this.take(e,t);if(typeof o!="number"||o<0||o>n)throw this.refuse(t,`an integer from 0 to ${n}`);return o}integer(e,t){let n=this.take(e,t);if(typeof n!="number")throw this.refuse(t,"an integer");return n}exactly(e,t,n){if(this.take(e,t)!==n)throw this.refuse(t,`${n}: a program of another version wrote it`)}bytes(e,t,n){let o=this.take(e,t);if(!(o instanceof Uint8Array)||o.length!==n)throw this.refuse(t,`${n} bytes`);return o}text(e,t,n=64){let o=this.take(e,t);if(typeof o!="string"||[...o].length>n)throw this.refuse(t,`text of at most ${n} letters`);return o}list(e,t){let n=this.take(e,t);if(!Array.isArray(n))throw this.refuse(t,"a list");return n}map(e,t){let n=this.take(e,t);if(!(n instanceof Map))throw this.refuse(t,"a map");return n}end(){for(let e of this.left.keys())throw new K("field",`${this.what} has the unknown key ${e}`)}take(e,t){let n=this.left.get(e);if(n===void 0)throw new K("field",`${this.what} lacks ${t} (key ${e})`);return this.left.delete(e),n}refuse(e,t){return new K("field",`${this.what}: ${e} is not ${t}`)}};var zn=BigInt(4294967295),As=BigInt(32);function gl(r,e=!1){return e?{h:Number(r&zn),l:Number(r>>As&zn)}:{h:Number(r>>As&zn)|0,l:Number(r&zn)|0}}function Rs(r,e=!1){let t=r.length,n=new Uint32Array(t),o=new Uint32Array(t);for(let s=0;s<t;s++){let{h:i,l:a}=gl(r[s],e);[n[s],o[s]]=[i,a]}return[n,o]}var yl=r=>r/2**32|0,wl=r=>r>>>0;function Bs(r,e,t,n){let o=yl(t),s=wl(t);r.setUint32(e,n?s:o,n),r.setUint32(e+4,n?o:s,n)}var Xr=(r,e,t)=>r>>>t,Qr=(r,e,t)=>r<<32-t|e>>>t,yt=(r,e,t)=>r>>>t|e<<32-t,wt=(r,e,t)=>r<<32-t|e>>>t,Xt=(r,e,t)=>r<<64-t|e>>>t-32,Qt=(r,e,t)=>r>>>t-32|e<<64-t;function Ie(r,e,t,n){let o=(e>>>0)+(n>>>0);return{h:r+t+(o/2**32|0)|0,l:o|0}}var Os=(r,e,t)=>(r>>>0)+(e>>>0)+(t>>>0),Ms=(r,e,t,n)=>e+t+n+(r/2**32|0)|0,Ls=(r,e,t,n)=>(r>>>0)+(e>>>0)+(t>>>0)+(n>>>0),Ns=(r,e,t,n,o)=>e+t+n+o+(r/2**32|0)|0,Us=(r,e,t,n,o)=>(r>>>0)+(e>>>0)+(t>>>0)+(n>>>0)+(o>>>0),Cs=(r,e,t,n,o,s)=>e+t+n+o+s+(r/2**32|0)|0;function qn(r){return r instanceof Uint8Array||ArrayBuffer.isView(r)&&r.constructor.name==="Uint8Array"&&"BYTES_PER_ELEMENT"in r&&r.BYTES_PER_ELEMENT===1}var Jr=r=>r?`"${r}" `:"";function We(r,e=""){if(typeof r!="number")throw new TypeError(Jr(e)+"expected number, got "+typeof r);if(!Number.isSafeInteger(r)||r<0)throw new RangeError(Jr(e)+"expected integer >= 0, got "+r);return r}function Re(r,e,t=""){if(qn(r)&&(e===void 0||r.length===e))return r;e!==void 0&&We(e,"length");let n=qn(r),o=e!==void 0?` of length ${e}`:"",s=n?`length=${r.length}`:`type=${typeof r}`,i=Jr(t)+"expected Uint8Array"+o+", got "+s;throw n?new RangeError(i):new TypeError(i)}function Vn(r){if(typeof r!="function"||typeof r.create!="function")throw new TypeError("expected hash wrapped by utils.createHasher");if(We(r.outputLen),We(r.blockLen),r.outputLen<1||r.blockLen<1)throw new Error("hash blockLen / outputLen must be >= 1")}var xl=(r,e)=>{if(r===null||typeof r!="object"||Array.isArray(r))throw new TypeError((e==="object"?"":`"${e}" `)+"expected object, got type="+typeof r)},Hs=(r,e)=>{xl(r,e);let t=Object.getPrototypeOf(r);if(t!==Object.prototype&&t!==null)throw new TypeError(`"${e}" expected plain object`);if(Object.hasOwn(r,"__proto__"))throw new TypeError(`"${e}.__proto__" is not allowed`)};function Tt(r,e=!0){if(r.destroyed)throw new Error("hash was destroyed");if(e&&r.finished)throw new Error("digest() was already called")}function Kn(r,e){Re(r,void 0,"output");let t=e.outputLen;if(!(r.length>=t))throw new RangeError('"output" expected length >= '+t)}function bt(...r){for(let e=0;e<r.length;e++)r[e].fill(0)}function jn(r){return new DataView(r.buffer,r.byteOffset,r.byteLength)}function Le(r,e){return r<<32-e|r>>>e}var Ps=typeof Uint8Array.from([]).toHex=="function"&&typeof Uint8Array.fromHex=="function",vl=Array.from({length:256},(r,e)=>e.toString(16).padStart(2,"0"));function Wn(r){if(Re(r),Ps)return r.toHex();let e="";for(let t=0;t<r.length;t++)e+=vl[r[t]];return e}function Is(r){return r>=48&&r<=57?r-48:r>=65&&r<=70?r-55:r>=97&&r<=102?r-87:void 0}function Yn(r){if(typeof r!="string")throw new TypeError("hex string expected, got "+typeof r);if(Ps)try{return Uint8Array.fromHex(r)}catch(o){throw o instanceof SyntaxError?new RangeError(o.message):o}let e=r.length,t=e/2;if(e%2)throw new RangeError("hex string expected, got unpadded hex of length "+e);let n=new Uint8Array(t);for(let o=0,s=0;o<t;o++,s+=2){let i=Is(r.charCodeAt(s)),a=Is(r.charCodeAt(s+1));if(i===void 0||a===void 0){let l=r[s]+r[s+1];throw new RangeError('hex string expected, got non-hex character "'+l+'" at index '+s)}n[o]=i*16+a}return n}function eo(...r){let e=0;for(let n=0;n<r.length;n++){let o=r[n];Re(o),e+=o.length}let t=new Uint8Array(e);for(let n=0,o=0;n<r.length;n++){let s=r[n];t.set(s,o),o+=s.length}return t}function $l(r,e,t="opts"){return Hs(r,"defaults"),e!==void 0&&Hs(e,t),Object.assign(Object.create(null),r,e)}function to(r,e={}){if(typeof r!="function")throw new TypeError('"hashCons" expected function, got type='+typeof r);e=$l({},e,"info");let t=(o,s)=>r(s).update(o).digest(),n=r(void 0);return t.outputLen=n.outputLen,t.blockLen=n.blockLen,t.canXOF=n.canXOF,t.create=o=>r(o),Object.assign(t,e),Object.freeze(t)}function Fs(r=32){We(r,"bytesLength");let e=typeof globalThis=="object"?globalThis.crypto:null;if(typeof e?.getRandomValues!="function")throw new Error("crypto.getRandomValues must be defined");if(r>65536)throw new RangeError(`"bytesLength" expected <= 65536, got ${r}`);return e.getRandomValues(new Uint8Array(r))}var no=r=>({oid:Uint8Array.from([6,9,96,134,72,1,101,3,4,2,r])});function Ds(r,e,t){return r&e^~r&t}function zs(r,e,t){return r&e^r&t^e&t}var Jt=class{blockLen;outputLen;canXOF=!1;padOffset;isLE;buffer;view;finished=!1;length=0;pos=0;destroyed=!1;constructor(e,t,n,o){this.blockLen=e,this.outputLen=t,this.padOffset=n,this.isLE=o,this.buffer=new Uint8Array(e),this.view=jn(this.buffer)}update(e){Tt(this),Re(e);let{view:t,buffer:n,blockLen:o}=this,s=e.length,i=!1;for(let a=0;a<s;){let l=Math.min(o-this.pos,s-a);if(l===o){let d=jn(e);for(;o<=s-a;a+=o)this.process(d,a);i=!0;continue}n.set(a===0&&l===s?e:e.subarray(a,a+l),this.pos),this.pos+=l,a+=l,this.pos===o&&(this.process(t,0),this.pos=0,i=!0)}return this.length+=e.length,i&&this.roundClean(),this}digestInto(e){Tt(this),Kn(e,this),this.finished=!0;let{buffer:t,view:n,blockLen:o,isLE:s}=this,{pos:i}=this;t[i++]=128,t.fill(0,i),this.padOffset>o-i&&(this.process(n,0),t.fill(0)),Bs(n,o-8,this.length*8,s),this.process(n,0),this.roundClean();let a=e===t?n:jn(e),l=this.outputLen,d=l/4,c=this.get();if(l%4||d>c.length)throw new Error("invalid outputLen");for(let f=0;f<d;f++)a.setUint32(4*f,c[f],s)}digest(){let{buffer:e,outputLen:t}=this;this.digestInto(e);let n=e.slice(0,t);return this.destroy(),n}_cloneIntoMeta(e){let{buffer:t,length:n,finished:o,destroyed:s,pos:i}=this;return e.destroyed=s,e.finished=o,e.length=n,e.pos=i,i&&e.buffer.set(t),e}clone(){return this._cloneInto()}},qs=Uint32Array.from([1779033703,3144134277,1013904242,2773480762,1359893119,2600822924,528734635,1541459225]);var Vs=Uint32Array.from([1779033703,4089235720,3144134277,2227873595,1013904242,4271175723,2773480762,1595750129,1359893119,2917565137,2600822924,725511199,528734635,4215389547,1541459225,327033209]);var El=Uint32Array.from([1116352408,1899447441,3049323471,3921009573,961987163,1508970993,2453635748,2870763221,3624381080,310598401,607225278,1426881987,1925078388,2162078206,2614888103,3248222580,3835390401,4022224774,264347078,604807628,770255983,1249150122,1555081692,1996064986,2554220882,2821834349,2952996808,3210313671,3336571891,3584528711,113926993,338241895,666307205,773529912,1294757372,1396182291,1695183700,1986661051,2177026350,2456956037,2730485921,2820302411,3259730800,3345764771,3516065817,3600352804,4094571909,275423344,430227734,506948616,659060556,883997877,958139571,1322822218,1537002063,1747873779,1955562222,2024104815,2227730452,2361852424,2428436474,2756734187,3204031479,3329325298]),Qe=new Uint32Array(64),ro=class extends Jt{A=0;B=0;C=0;D=0;E=0;F=0;G=0;H=0;constructor(e,t){super(64,e,8,!1),this.A=t[0]|0,this.B=t[1]|0,this.C=t[2]|0,this.D=t[3]|0,this.E=t[4]|0,this.F=t[5]|0,this.G=t[6]|0,this.H=t[7]|0}get(){let{A:e,B:t,C:n,D:o,E:s,F:i,G:a,H:l}=this;return[e,t,n,o,s,i,a,l]}set(e,t,n,o,s,i,a,l){this.A=e|0,this.B=t|0,this.C=n|0,this.D=o|0,this.E=s|0,this.F=i|0,this.G=a|0,this.H=l|0}_cloneInto(e){return(e||=new this.constructor).set(...this.get()),this._cloneIntoMeta(e)}process(e,t){for(let f=0;f<16;f++,t+=4)Qe[f]=e.getUint32(t,!1);for(let f=16;f<64;f++){let p=Qe[f-15],u=Qe[f-2],b=Le(p,7)^Le(p,18)^p>>>3,y=Le(u,17)^Le(u,19)^u>>>10;Qe[f]=y+Qe[f-7]+b+Qe[f-16]|0}let{A:n,B:o,C:s,D:i,E:a,F:l,G:d,H:c}=this;for(let f=0;f<64;f++){let p=Le(a,6)^Le(a,11)^Le(a,25),u=c+p+Ds(a,l,d)+El[f]+Qe[f]|0,y=(Le(n,2)^Le(n,13)^Le(n,22))+zs(n,o,s)|0;c=d,d=l,l=a,a=i+u|0,i=s,s=o,o=n,n=u+y|0}n=n+this.A|0,o=o+this.B|0,s=s+this.C|0,i=i+this.D|0,a=a+this.E|0,l=l+this.F|0,d=d+this.G|0,c=c+this.H|0,this.set(n,o,s,i,a,l,d,c)}roundClean(){bt(Qe)}destroy(){this.destroyed=!0,this.set(0,0,0,0,0,0,0,0),bt(this.buffer)}},oo=class extends ro{constructor(){super(32,qs)}};var Ks=Rs(["0x428a2f98d728ae22","0x7137449123ef65cd","0xb5c0fbcfec4d3b2f","0xe9b5dba58189dbbc","0x3956c25bf348b538","0x59f111f1b605d019","0x923f82a4af194f9b","0xab1c5ed5da6d8118","0xd807aa98a3030242","0x12835b0145706fbe","0x243185be4ee4b28c","0x550c7dc3d5ffb4e2","0x72be5d74f27b896f","0x80deb1fe3b1696b1","0x9bdc06a725c71235","0xc19bf174cf692694","0xe49b69c19ef14ad2","0xefbe4786384f25e3","0x0fc19dc68b8cd5b5","0x240ca1cc77ac9c65","0x2de92c6f592b0275","0x4a7484aa6ea6e483","0x5cb0a9dcbd41fbd4","0x76f988da831153b5","0x983e5152ee66dfab","0xa831c66d2db43210","0xb00327c898fb213f","0xbf597fc7beef0ee4","0xc6e00bf33da88fc2","0xd5a79147930aa725","0x06ca6351e003826f","0x142929670a0e6e70","0x27b70a8546d22ffc","0x2e1b21385c26c926","0x4d2c6dfc5ac42aed","0x53380d139d95b3df","0x650a73548baf63de","0x766a0abb3c77b2a8","0x81c2c92e47edaee6","0x92722c851482353b","0xa2bfe8a14cf10364","0xa81a664bbc423001","0xc24b8b70d0f89791","0xc76c51a30654be30","0xd192e819d6ef5218","0xd69906245565a910","0xf40e35855771202a","0x106aa07032bbd1b8","0x19a4c116b8d2d0c8","0x1e376c085141ab53","0x2748774cdf8eeb99","0x34b0bcb5e19b48a8","0x391c0cb3c5c95a63","0x4ed8aa4ae3418acb","0x5b9cca4f7763e373","0x682e6ff3d6b2b8a3","0x748f82ee5defb2fc","0x78a5636f43172f60","0x84c87814a1f0ab72","0x8cc702081a6439ec","0x90befffa23631e28","0xa4506cebde82bde9","0xbef9a3f7b2c67915","0xc67178f2e372532b","0xca273eceea26619c","0xd186b8c721c0c207","0xeada7dd6cde0eb1e","0xf57d4f7fee6ed178","0x06f067aa72176fba","0x0a637dc5a2c898a6","0x113f9804bef90dae","0x1b710b35131c471b","0x28db77f523047d84","0x32caab7b40c72493","0x3c9ebe0a15c9bebc","0x431d67c49c100d4c","0x4cc5d4becb3e42b6","0x597f299cfc657e2a","0x5fcb6fab3ad6faec","0x6c44198c4a475817"].map(r=>BigInt(r))),kl=Ks[0],Sl=Ks[1],Je=new Uint32Array(80),et=new Uint32Array(80),so=class extends Jt{Ah=0;Al=0;Bh=0;Bl=0;Ch=0;Cl=0;Dh=0;Dl=0;Eh=0;El=0;Fh=0;Fl=0;Gh=0;Gl=0;Hh=0;Hl=0;constructor(e,t){super(128,e,16,!1),this.Ah=t[0]|0,this.Al=t[1]|0,this.Bh=t[2]|0,this.Bl=t[3]|0,this.Ch=t[4]|0,this.Cl=t[5]|0,this.Dh=t[6]|0,this.Dl=t[7]|0,this.Eh=t[8]|0,this.El=t[9]|0,this.Fh=t[10]|0,this.Fl=t[11]|0,this.Gh=t[12]|0,this.Gl=t[13]|0,this.Hh=t[14]|0,this.Hl=t[15]|0}get(){let{Ah:e,Al:t,Bh:n,Bl:o,Ch:s,Cl:i,Dh:a,Dl:l,Eh:d,El:c,Fh:f,Fl:p,Gh:u,Gl:b,Hh:y,Hl:E}=this;return[e,t,n,o,s,i,a,l,d,c,f,p,u,b,y,E]}set(e,t,n,o,s,i,a,l,d,c,f,p,u,b,y,E){this.Ah=e|0,this.Al=t|0,this.Bh=n|0,this.Bl=o|0,this.Ch=s|0,this.Cl=i|0,this.Dh=a|0,this.Dl=l|0,this.Eh=d|0,this.El=c|0,this.Fh=f|0,this.Fl=p|0,this.Gh=u|0,this.Gl=b|0,this.Hh=y|0,this.Hl=E|0}_cloneInto(e){return(e||=new this.constructor).set(...this.get()),this._cloneIntoMeta(e)}process(e,t){for(let w=0;w<16;w++,t+=4)Je[w]=e.getUint32(t),et[w]=e.getUint32(t+=4);for(let w=16;w<80;w++){let S=Je[w-15]|0,O=et[w-15]|0,q=yt(S,O,1)^yt(S,O,8)^Xr(S,O,7),j=wt(S,O,1)^wt(S,O,8)^Qr(S,O,7),z=Je[w-2]|0,U=et[w-2]|0,C=yt(z,U,19)^Xt(z,U,61)^Xr(z,U,6),Y=wt(z,U,19)^Qt(z,U,61)^Qr(z,U,6),F=Ls(j,Y,et[w-7],et[w-16]),W=Ns(F,q,C,Je[w-7],Je[w-16]);Je[w]=W|0,et[w]=F|0}let{Ah:n,Al:o,Bh:s,Bl:i,Ch:a,Cl:l,Dh:d,Dl:c,Eh:f,El:p,Fh:u,Fl:b,Gh:y,Gl:E,Hh:L,Hl:A}=this;for(let w=0;w<80;w++){let S=yt(f,p,14)^yt(f,p,18)^Xt(f,p,41),O=wt(f,p,14)^wt(f,p,18)^Qt(f,p,41),q=f&u^~f&y,j=p&b^~p&E,z=Us(A,O,j,Sl[w],et[w]),U=Cs(z,L,S,q,kl[w],Je[w]),C=z|0,Y=yt(n,o,28)^Xt(n,o,34)^Xt(n,o,39),F=wt(n,o,28)^Qt(n,o,34)^Qt(n,o,39),W=n&s^n&a^s&a,_=o&i^o&l^i&l;L=y|0,A=E|0,y=u|0,E=b|0,u=f|0,b=p|0,{h:f,l:p}=Ie(d|0,c|0,U|0,C|0),d=a|0,c=l|0,a=s|0,l=i|0,s=n|0,i=o|0;let I=Os(C,F,_);n=Ms(I,U,Y,W),o=I|0}({h:n,l:o}=Ie(this.Ah|0,this.Al|0,n|0,o|0)),{h:s,l:i}=Ie(this.Bh|0,this.Bl|0,s|0,i|0),{h:a,l}=Ie(this.Ch|0,this.Cl|0,a|0,l|0),{h:d,l:c}=Ie(this.Dh|0,this.Dl|0,d|0,c|0),{h:f,l:p}=Ie(this.Eh|0,this.El|0,f|0,p|0),{h:u,l:b}=Ie(this.Fh|0,this.Fl|0,u|0,b|0),{h:y,l:E}=Ie(this.Gh|0,this.Gl|0,y|0,E|0),{h:L,l:A}=Ie(this.Hh|0,this.Hl|0,L|0,A|0),this.set(n,o,s,i,a,l,d,c,f,p,u,b,y,E,L,A)}roundClean(){bt(Je,et)}destroy(){this.destroyed=!0,bt(this.buffer),this.set(0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0)}},io=class extends so{constructor(){super(64,Vs)}};var At=to(()=>new oo,no(1));var Gn=to(()=>new io,no(3));function Xn(r,e,t=()=>{}){if(!Array.isArray(r))throw new TypeError(`"${e}" expected array, got type=${typeof r}`);for(let n=0;n<r.length;n++)t(r[n],`${e}[${n}]`);return r}var Z=(r,e,t)=>Re(r,e,t),ao=We;function Ws(r,e=""){if(typeof r!="string"){let t=e&&`"${e}" `;throw new TypeError(t+"expected string, got type="+typeof r)}return r}function tt(r,e="object"){if(r===null||typeof r!="object"||Array.isArray(r))throw new TypeError(e==="object"?"expected valid options object":`"${e}" expected object, got type=${typeof r}`);return r}function xt(r,e){if(typeof r!="function")throw new TypeError(`"${e}" is invalid: expected function, got ${typeof r}`);return r}var en=Wn,Be=(...r)=>eo(...r),Rt=r=>Yn(r),rt=qn,vt=r=>Fs(r),Zn=BigInt(0),js=BigInt(1),_l=r=>r?`"${r}" `:"";function $e(r,e=""){if(typeof r!="boolean")throw new TypeError(_l(e)+"expected boolean, got type="+typeof r);return r}function Qn(r){if(typeof r=="bigint"){if(!nt(r))throw new RangeError("positive bigint expected, got "+r)}else ao(r);return r}function Ye(r,e=""){if(typeof r!="number"){let t=e&&`"${e}" `;throw new TypeError(t+"expected number, got type="+typeof r)}if(!Number.isSafeInteger(r)){let t=e&&`"${e}" `;throw new RangeError(t+"expected safe integer, got "+r)}}function tn(r){let e=Qn(r).toString(16);return e.length&1?"0"+e:e}function Ys(r){if(typeof r!="string")throw new TypeError("hex string expected, got "+typeof r);return r===""?Zn:BigInt("0x"+r)}function Pe(r){return Ys(Wn(r))}function $t(r){return Ys(Wn(nn(Re(r)).reverse()))}function Jn(r,e){if(We(e),e===0)throw new Error("zero output length is invalid");r=Qn(r);let t=e*2,n=r.toString(16);if(n.length>t)throw new RangeError("number is too large");return Yn(n.padStart(t,"0"))}function lo(r,e){return Jn(r,e).reverse()}function nn(r){return Uint8Array.from(Z(r))}function nt(r){return typeof r=="bigint"&&Zn<=r}function co(r,e,t){return nt(r)&&nt(e)&&nt(t)&&e<=r&&r<t}function Bt(r,e,t,n){if(!co(e,t,n))throw new RangeError("expected valid "+r+": "+t+" <= n < "+n+", got "+e)}function Ot(r){if(r<Zn)throw new Error("expected non-negative bigint, got "+r);return r===Zn?0:r.toString(2).length}var rn=r=>(Ye(r,"n"),(js<<BigInt(r))-js);function Gs(r,e,t){if(We(r,"hashLen"),We(e,"qByteLen"),typeof t!="function")throw new TypeError("hmacFn must be a function");let n=E=>new Uint8Array(E),o=Uint8Array.of(),s=Uint8Array.of(0),i=Uint8Array.of(1),a=1e3,l=n(r),d=n(r),c=0,f=()=>{l.fill(1),d.fill(0),c=0},p=(...E)=>t(d,Be(l,...E)),u=(E=o)=>{d=p(s,E),l=p(),E.length!==0&&(d=p(i,E),l=p())},b=()=>{if(c++>=a)throw new Error("drbg: tried max amount of iterations");let E=0,L=[];for(;E<e;){l=p();let A=l.slice();L.push(A),E+=l.length}return Be(...L)};return(E,L)=>{f(),u(E);let A;for(;(A=L(b()))===void 0;)u();return f(),A}}function Ee(r,e={},t={},n="object"){tt(r,n),tt(e,"fields"),tt(t,"optFields");function o(i,a,l){let d=n==="object"?`param "${String(i)}"`:`"${n}.${String(i)}"`,c=r[i];if(!Object.hasOwn(r,i)&&(l?c!==void 0:a!=="function"))throw new TypeError(`${d} is invalid: expected own property`);if(l&&c===void 0)return;let f=typeof c;if(f!==a||c===null)throw new TypeError(`${d} is invalid: expected ${a}, got ${f}`)}let s=(i,a)=>Object.entries(i).forEach(([l,d])=>o(l,d,a));s(e,!1),s(t,!0)}var pe=BigInt(0),X=BigInt(1),ot=BigInt(2),Qs=BigInt(3),fo=BigInt(4),Js=BigInt(5),Tl=BigInt(7),ei=BigInt(8),Al=BigInt(9),Rl=BigInt(15),ti=BigInt(16),Bl=BigInt("0x10000000000000000");function le(r,e){if(e<=pe)throw new Error("mod: expected positive modulus, got "+e);let t=r%e;return t>=pe?t:e+t}function ni(r,e,t){if(t<=X)throw new Error("pow: expected modulus > 1, got "+t);if(typeof e!="bigint")throw new TypeError("invalid exponent: expected bigint, got "+typeof e);if(e<pe)throw new Error("invalid exponent, negatives unsupported");if(e===pe)return X;if(e===X)return r;let n=r%t;if(n<pe&&(n+=t),e<Bl){let a=X;for(;e>pe;)e&X&&(a=a*n%t),n=n*n%t,e>>=X;return a}let o=[];for(;e>pe;)o.push(Number(e&Rl)),e>>=fo;let s=new Array(16);s[0]=X,s[1]=n;for(let a=2;a<16;a++)s[a]=s[a-1]*n%t;let i=s[o[o.length-1]];for(let a=o.length-2;a>=0;a--){i=i*i%t,i=i*i%t,i=i*i%t,i=i*i%t;let l=o[a];l!==0&&(i=i*s[l]%t)}return i}function Ne(r,e,t){if(t<=X)throw new Error("pow2: expected modulus > 1, got "+t);if(e<pe)throw new Error("pow2: expected non-negative exponent, got "+e);let n=r;for(;e-- >pe;)n*=n,n%=t;return n}function Zs(r,e){if(r===pe)throw new Error("invert: expected non-zero number");if(e<=X)throw new Error("invert: expected modulus > 1, got "+e);let t=le(r,e),n=e,o=pe,s=X;for(;t!==pe;){let a=n/t,l=n-t*a,d=o-s*a;n=t,t=l,o=s,s=d}if(n!==X)throw new Error("invert: does not exist");return le(o,e)}function ri(r,e){if(e<=X)throw new Error("invertCt: expected prime modulus > 1, got "+e);let t=le(r,e);if(t===pe)throw new Error("invertCt: expected non-zero number");let n=ni(t,e-ot,e);if(le(t*n,e)!==X)throw new Error("invertCt: does not exist");return n}function uo(r,e,t){let n=r;if(!n.eql(n.sqr(e),t))throw new Error("Cannot find square root")}function ho(r,e){if((r&X)===pe)throw new Error(e+": expected odd modulus, got "+r)}function oi(r,e){let t=r,n=(t.ORDER+X)/fo,o=t.pow(e,n);return uo(t,o,e),o}function Ol(r,e){let t=r,n=(t.ORDER-Js)/ei,o=t.mul(e,ot),s=t.pow(o,n),i=t.mul(e,s),a=t.mul(t.mul(i,ot),s),l=t.mul(i,t.sub(a,t.ONE));return uo(t,l,e),l}function Ml(r){let e=nr(r),t=si(r),n=t(e,e.neg(e.ONE)),o=t(e,n),s=t(e,e.neg(n)),i=(r+Tl)/ti;return((a,l)=>{let d=a,c=d.pow(l,i),f=d.mul(c,n),p=d.mul(c,o),u=d.mul(c,s),b=d.eql(d.sqr(f),l),y=d.eql(d.sqr(p),l);c=d.cmov(c,f,b),f=d.cmov(u,p,y);let E=d.eql(d.sqr(f),l),L=d.cmov(c,f,E);return uo(d,L,l),L})}function si(r){if(r<Qs)throw new Error("sqrt is not defined for small field");ho(r,"tonelliShanks");let e=r-X,t=0;for(;e%ot===pe;)e/=ot,t++;let n=ot,o=nr(r);for(;on(o,n)===1;)if(n++>1e3)throw new Error("Cannot find square root: probably non-prime P");if(t===1)return oi;let s=o.pow(n,e),i=(e+X)/ot;return function(l,d){let c=l;if(c.is0(d))return d;if(on(c,d)!==1)throw new Error("Cannot find square root");let f=t,p=c.mul(c.ONE,s),u=c.pow(d,e),b=c.pow(d,i);for(;!c.eql(u,c.ONE);){if(c.is0(u))throw new Error("Cannot find square root: probably non-prime P");let y=1,E=c.sqr(u);for(;!c.eql(E,c.ONE);)if(y++,E=c.sqr(E),y===f)throw new Error("Cannot find square root");let L=X<<BigInt(f-y-1),A=c.pow(p,L);f=y,p=c.sqr(A),u=c.mul(u,p),b=c.mul(b,A)}return b}}function Ll(r){return ho(r,"Fp.sqrt"),r%fo===Qs?oi:r%ei===Js?Ol:r%ti===Al?Ml(r):si(r)}var ii=(r,e)=>(le(r,e)&X)===X,Nl=["create","isValid","is0","neg","inv","sqrt","sqr","eql","add","sub","mul","pow","div","addN","subN","mulN","sqrN"];function Mt(r){if(tt(r,"field"),typeof r.ORDER!="bigint")throw new TypeError('param "ORDER" is invalid: expected bigint, got '+typeof r.ORDER);Ye(r.BYTES,"BYTES"),Ye(r.BITS,"BITS");for(let e of Nl)xt(r[e],"field."+e);if(r.BYTES<1||r.BITS<1)throw new Error("invalid field: expected BYTES/BITS > 0");if(r.ORDER<=X)throw new Error("invalid field: expected ORDER > 1, got "+r.ORDER);return r}function tr(r,e,t=!1){Mt(r),Xn(e,"nums"),$e(t,"passZero");let n=r,o=new Array(e.length).fill(t?n.ZERO:void 0),s=e.reduce((a,l,d)=>n.is0(l)?a:(o[d]=a,n.mul(a,l)),n.ONE),i=n.inv(s);return e.reduceRight((a,l,d)=>n.is0(l)?a:(o[d]=n.mul(a,o[d]),n.mul(a,l)),i),o}function on(r,e){Mt(r);let t=r;ho(t.ORDER,"FpLegendre");let n=(t.ORDER-X)/ot,o=t.pow(e,n),s=t.eql(o,t.ONE),i=t.eql(o,t.ZERO),a=t.eql(o,t.neg(t.ONE));if(!s&&!i&&!a)throw new Error("invalid Legendre symbol result");return s?1:i?0:-1}function Ul(r,e){if(e!==void 0&&ao(e),r<=pe)throw new Error("invalid n length: expected positive n, got "+r);if(e!==void 0&&e<1)throw new Error("invalid n length: expected positive bit length, got "+e);let t=Ot(r);if(e!==void 0&&e<t)throw new Error(`invalid n length: expected nBitLength (${e}) >= bitLen(n) (${t})`);let n=e!==void 0?e:t,o=Math.ceil(n/8);return{nBitLength:n,nByteLength:o}}var Xs=new WeakMap,er=class{ORDER;BITS;BYTES;isLE;ZERO=pe;ONE=X;_lengths;_mod;constructor(e,t={}){if(e<=X)throw new Error("invalid field: expected ORDER > 1, got "+e);let n;this.isLE=!1,t!=null&&typeof t=="object"&&(typeof t.BITS=="number"&&(n=t.BITS),typeof t.sqrt=="function"&&Object.defineProperty(this,"sqrt",{value:t.sqrt,enumerable:!0}),typeof t.isLE=="boolean"&&(this.isLE=t.isLE),t.allowedLengths&&(this._lengths=Object.freeze(t.allowedLengths.slice())),typeof t.modFromBytes=="boolean"&&(this._mod=t.modFromBytes));let{nBitLength:o,nByteLength:s}=Ul(e,n);if(s>2048)throw new Error("invalid field: expected ORDER of <= 2048 bytes");this.ORDER=e,this.BITS=o,this.BYTES=s,Object.freeze(this)}create(e){return le(e,this.ORDER)}isValid(e){if(typeof e!="bigint")throw new TypeError("invalid field element: expected bigint, got "+typeof e);return pe<=e&&e<this.ORDER}is0(e){return e===pe}isValidNot0(e){return!this.is0(e)&&this.isValid(e)}isOdd(e){return(e&X)===X}neg(e){return le(-e,this.ORDER)}eql(e,t){return e===t}sqr(e){return le(e*e,this.ORDER)}add(e,t){return le(e+t,this.ORDER)}sub(e,t){return le(e-t,this.ORDER)}mul(e,t){return le(e*t,this.ORDER)}pow(e,t){return ni(e,t,this.ORDER)}div(e,t){return le(e*Zs(t,this.ORDER),this.ORDER)}sqrN(e){return e*e}addN(e,t){return e+t}subN(e,t){return e-t}mulN(e,t){return e*t}inv(e){return Zs(e,this.ORDER)}sqrt(e){let t=Xs.get(this);return t||Xs.set(this,t=Ll(this.ORDER)),t(this,e)}toBytes(e){return this.isLE?lo(e,this.BYTES):Jn(e,this.BYTES)}fromBytes(e,t=!1){Z(e);let{_lengths:n,BYTES:o,isLE:s,ORDER:i,_mod:a}=this;if(n){if(e.length<1||!n.includes(e.length)||e.length>o)throw new Error("Field.fromBytes: expected "+n+" bytes, got "+e.length);let d=new Uint8Array(o);d.set(e,s?0:d.length-e.length),e=d}if(e.length!==o)throw new Error("Field.fromBytes: expected "+o+" bytes, got "+e.length);let l=s?$t(e):Pe(e);if(a&&(l=le(l,i)),!t&&!this.isValid(l))throw new Error("invalid field element: outside of range 0..ORDER");return l}invertBatch(e){return tr(this,e,!0)}cmov(e,t,n){return $e(n,"condition"),n?t:e}};function nr(r,e={}){return Object.freeze(er.prototype),new er(r,e)}function ai(r){if(typeof r!="bigint")throw new Error("field order must be bigint");if(r<=X)throw new Error("field order must be greater than 1");let e=Ot(r-X);return Math.ceil(e/8)}function rr(r){let e=ai(r);return e+Math.ceil(e/2)}function po(r,e,t=!1){Z(r);let n=r.length,o=ai(e),s=Math.max(rr(e),16);if(n<s||n>1024)throw new Error("expected "+s+"-1024 bytes of input, got "+n);let i=t?$t(r):Pe(r),a=le(i,e-X)+X;return t?lo(a,o):Jn(a,o)}var yo=BigInt(0),sn=BigInt(1),Cl=BigInt(4),mo=16,li=128,Hl=5,di=2**31;function st(r){let e=r;if(typeof e!="function")throw new TypeError('"Point" expected constructor, got type='+typeof r);xt(e.fromAffine,"Point.fromAffine"),xt(e.fromBytes,"Point.fromBytes"),xt(e.fromHex,"Point.fromHex"),tt(e.BASE,"Point.BASE"),tt(e.ZERO,"Point.ZERO"),Mt(e.Fp),Mt(e.Fn)}function or(r,e){st(r),fi(e,r);let t=tr(r.Fp,e.map(n=>n.Z));return e.map((n,o)=>r.fromAffine(n.toAffine(t[o])))}function Il(r,e,t=1){if(!Number.isSafeInteger(r)||r<t||r>e)throw new Error("invalid window size, expected ["+t+".."+e+"], got W="+r)}function Pl(r,e){let t=r*(4*e+128);if(t>di)throw new Error("invalid window size: table would need ~"+Math.ceil(t/2**20)+" MiB, max "+di/2**20+" MiB")}function wo(r,e){if(r!==void 0){xt(r,"randomBytes");try{let t=r(e);if(!rt(t)||t.length!==e)return}catch{return}return r}}function fi(r,e){Xn(r,"points"),r.forEach((t,n)=>{if(!(t instanceof e))throw new Error("invalid point at index "+n)})}function Fl(r,e,t){if(!Array.isArray(r))throw new Error("array of scalars expected");r.forEach((n,o)=>{if(!(t===void 0?e.isValid(n):nt(n)&&n<t))throw new Error("invalid scalar at index "+o)})}var ui=new WeakMap;function go(r){return ui.get(r)||1}function Dl(r,e){let t=r.double(),n=[r];for(let o=1;o<e;o++)n.push(n[o-1].add(t));return n}function zl(r,e){let t=2**e,n=t/2,o=BigInt(t-1),s=[];for(;r>yo;){let i=0;r&sn&&(i=Number(r&o),i>=n&&(i-=t),r-=BigInt(i)),s.push(i),r>>=sn}return s}function ql(r,e,t){let n=2**e,o=n/2,s=BigInt(n-1),i=BigInt(e),a=[];for(let l=0;l<t;l++){let d=Number(r&s);r>>=i,d>o&&(d-=n,r+=sn),a.push(d)}if(r!==yo)throw new Error("invalid wnaf");return a}function Vl(r,e,t){let n=0;for(let s of t)n=Math.max(n,s.length);let o=r;for(let s=n-1;s>=0;s--){s!==n-1&&(o=o.double());for(let i=0;i<t.length;i++){let a=t[i][s];if(a){let l=e[i][Math.abs(a)-1>>1];o=o.add(a<0?l.negate():l)}}}return o}var Lt=class{Point;BASE;ZERO;randomBytes;wnafPrecomputes=new WeakMap;baseCanBeBlinded;bits;constructor(e,t){st(e),this.randomBytes=wo(t,mo),this.Point=e,this.BASE=e.BASE,this.ZERO=e.ZERO,this.bits=e.Fn.BITS}buildWnafTable(e,t,n){let o=Math.ceil(n/t)+1,s=2**(t-1),i=[],a=e;for(let l=0;l<o;l++){let d=a;for(let c=0;c<s;c++)i.push(d),d=d.add(a);a=i[i.length-1].double()}return{W:t,bits:n,windows:o,comp:i}}wnafCachedCT(e,t){let{W:n,windows:o,comp:s}=e,i=2**(n-1),a=ql(t,n,o),l=this.ZERO,d=this.BASE;for(let c=0;c<o;c++){let f=a[c],p=c*i,u=Math.abs(f)-1,b=s[p];for(let E=1;E<i;E++)b=E===u?s[p+E]:b;let y=b.negate();f===0?d=d.add(s[p]):l=l.add(f<0?y:b)}return{p:l,f:d}}getWnafPrecomputes(e,t,n,o){let s=this.wnafPrecomputes.get(t),i=s?.find(a=>a.W===e&&a.bits===n);return i||(i=this.buildWnafTable(t,e,n),typeof o=="function"&&(i={...i,comp:o(i.comp)}),s||(s=[],this.wnafPrecomputes.set(t,s)),s.push(i)),i}assertPoint(e){if(!(e instanceof this.Point))throw new TypeError('"point" expected Point instance, got type='+typeof e)}validateMulInput(e,t){if(this.assertPoint(e),!co(t,sn,this.Point.Fn.ORDER))throw new Error("invalid scalar")}runCT(e,t,n,o){let s=go(e);return s===1?this.fixedWindowCT(e,t,n):this.wnafCachedCT(this.getWnafPrecomputes(s,e,n,o),t)}mulCT(e,t,n){return this.validateMulInput(e,t),this.runCT(e,t,this.bits,n)}mulCTBlinded(e,t,n){if(this.validateMulInput(e,t),this.randomBytes===void 0)throw new Error("randomBytes is required for scalar blinding");let o=this.Point.Fn.BITS+li,s=this.randomBytes(mo);if(!rt(s)||s.length!==mo)throw new Error("randomBytes returned invalid byte array");s[0]=s[0]&63|128;let i=t+Pe(s)*this.Point.Fn.ORDER;return this.runCT(e,i,o,n)}fixedWindowCT(e,t,n){let o=Hl,s=1<<o,i=rn(o),a=new Array(s);a[0]=this.ZERO;for(let c=1;c<s;c++)a[c]=a[c-1].add(e);let l=Math.ceil(n/o),d=this.ZERO;for(let c=l-1;c>=0;c--){if(c!==l-1)for(let u=0;u<o;u++)d=d.double();let f=Number(t>>BigInt(c*o)&i),p=a[0];for(let u=1;u<s;u++)p=u===f?a[u]:p;d=d.add(p)}return{p:d,f:d}}shouldBlind(e,t){return this.randomBytes===void 0?!1:t===sn?!0:e!==this.BASE?!1:(this.baseCanBeBlinded===void 0&&(this.baseCanBeBlinded=this.mulUnsafe(this.BASE,this.Point.Fn.ORDER).is0()),this.baseCanBeBlinded)}mulSecret(e,t,n,o){return this.shouldBlind(e,n)?this.mulCTBlinded(e,t,o):this.mulCT(e,t,o)}mulUnsafe(e,t,n){if(this.assertPoint(e),!nt(t))throw new Error("invalid scalar");let o=go(e);if(o===1||t>=this.Point.Fn.ORDER)return sr(this.Point,[e],[t],!0);let s=this.getWnafPrecomputes(o,e,this.bits,n);return this.wnafCachedCT(s,t).p}setWindowSize(e,t){this.assertPoint(e),Il(t,this.bits);let n=Math.ceil((this.bits+li)/t)+1;Pl(n*2**(t-1),this.Point.Fp.BYTES),ui.set(e,t),this.wnafPrecomputes.delete(e)}hasWindowSize(e){return go(e)!==1}};function sr(r,e,t,n=!1){if(st(r),fi(e,r),$e(n,"allowOversized"),Fl(t,r.Fn,n?r.Fn.ORDER**Cl:void 0),e.length!==t.length)throw new Error("arrays of points and scalars must have equal length");let o=e.map(i=>Dl(i,4)),s=t.map(i=>zl(i,4));return Vl(r.ZERO,o,s)}function ci(r,e,t){if(e){if(e.ORDER!==r)throw new Error("Field.ORDER must match order: Fp == p, Fn == n");return Mt(e),e}else return nr(r,{isLE:t})}function ir(r,e,t={},n){if(r!=="weierstrass"&&r!=="edwards")throw new Error('expected curve type "weierstrass" or "edwards"');if(n===void 0&&(n=r==="edwards"),!e||typeof e!="object")throw new Error(`expected valid ${r} CURVE object`);Ee(t);for(let l of["p","n","h"]){let d=e[l];if(!(nt(d)&&d!==yo))throw new Error(`CURVE.${l} must be positive bigint`)}let o=ci(e.p,t.Fp,n),s=ci(e.n,t.Fn,n),a=["Gx","Gy","a",r==="weierstrass"?"b":"d"];for(let l of a)if(!o.isValid(e[l]))throw new Error(`CURVE.${l} must be valid field element of CURVE.Fp`);return e=Object.freeze(Object.assign({},e)),{CURVE:e,Fp:o,Fn:s}}function ar(r,e){return function(n){let o=r(n);return{secretKey:o,publicKey:e(o)}}}var lr=class{oHash;iHash;blockLen;outputLen;canXOF=!1;finished=!1;destroyed=!1;constructor(e,t){if(Vn(e),Re(t,void 0,"key"),this.iHash=e.create(),typeof this.iHash.update!="function")throw new Error("expected Hash instance");this.blockLen=this.iHash.blockLen,this.outputLen=this.iHash.outputLen;let n=this.blockLen,o=new Uint8Array(n);o.set(t.length>n?e.create().update(t).digest():t);for(let s=0;s<o.length;s++)o[s]^=54;this.iHash.update(o),this.oHash=e.create();for(let s=0;s<o.length;s++)o[s]^=106;this.oHash.update(o),bt(o)}update(e){return Tt(this),this.iHash.update(e),this}digestInto(e){Tt(this),Kn(e,this),this.finished=!0;let t=e.subarray(0,this.outputLen);this.iHash.digestInto(t),this.oHash.update(t),this.oHash.digestInto(t),this.destroy()}digest(){let e=new Uint8Array(this.oHash.outputLen);return this.digestInto(e),e}_cloneInto(e){e||=Object.create(Object.getPrototypeOf(this),{});let{oHash:t,iHash:n,finished:o,destroyed:s,blockLen:i,outputLen:a,canXOF:l}=this;return e=e,e.finished=o,e.destroyed=s,e.blockLen=i,e.outputLen=a,e.canXOF=l,e.oHash=t._cloneInto(e.oHash),e.iHash=n._cloneInto(e.iHash),e}clone(){return this._cloneInto()}destroy(){this.destroyed=!0,this.oHash.destroy(),this.iHash.destroy()}},hi=(()=>{let r=((e,t,n)=>new lr(e,t).update(n).digest());return r.create=(e,t)=>new lr(e,t),r})();var Kl=BigInt(0),bo=class extends Error{constructor(e=""){super(e)}},Ge={Err:bo,_tlv:{encode:(r,e)=>{let{Err:t}=Ge;if(Ye(r,"tag"),r<0||r>255)throw new t("tlv.encode: wrong tag");if(Ws(e,"data"),e.length&1)throw new t("tlv.encode: unpadded data");let n=e.length/2,o=tn(n);if(o.length/2&128)throw new t("tlv.encode: long form length too big");let s=n>127?tn(o.length/2|128):"";return tn(r)+s+o+e},decode(r,e){let{Err:t}=Ge;e=Z(e,void 0,"DER data");let n=0;if(r<0||r>255)throw new t("tlv.decode: wrong tag");if(e.length<2||e[n++]!==r)throw new t("tlv.decode: wrong tlv");let o=e[n++],s=!!(o&128),i=0;if(!s)i=o;else{let l=o&127;if(!l)throw new t("tlv.decode(long): indefinite length not supported");if(l>4)throw new t("tlv.decode(long): byte length is too big");let d=e.subarray(n,n+l);if(d.length!==l)throw new t("tlv.decode: length bytes not complete");if(d[0]===0)throw new t("tlv.decode(long): zero leftmost byte");for(let c of d)i=i<<8|c;if(n+=l,i<128)throw new t("tlv.decode(long): not minimal encoding")}let a=e.subarray(n,n+i);if(a.length!==i)throw new t("tlv.decode: wrong value length");return{v:a,l:e.subarray(n+i)}}},_int:{encode(r){let{Err:e}=Ge;if(Qn(r),r<Kl)throw new e("integer: negative integers are not allowed");let t=tn(r);if(Number.parseInt(t[0],16)&8&&(t="00"+t),t.length&1)throw new e("unexpected DER parsing assertion: unpadded hex");return t},decode(r){let{Err:e}=Ge;if(r.length<1)throw new e("invalid signature integer: empty");if(r[0]&128)throw new e("invalid signature integer: negative");if(r.length>1&&r[0]===0&&!(r[1]&128))throw new e("invalid signature integer: unnecessary leading zero");return Pe(r)}},toSig(r,e){let{Err:t,_int:n,_tlv:o}=Ge;if(e!==void 0&&(Ye(e,"maxScalarBytes"),e<1))throw new t("invalid signature: maxScalarBytes must be positive");let s=Z(r,void 0,"signature"),{v:i,l:a}=o.decode(48,s);if(a.length)throw new t("invalid signature: left bytes after parsing");let{v:l,l:d}=o.decode(2,i),{v:c,l:f}=o.decode(2,d);if(f.length)throw new t("invalid signature: left bytes after parsing");if(e!==void 0&&(l.length>e||c.length>e))throw new t("invalid signature: integer too large");return{r:n.decode(l),s:n.decode(c)}},hexFromSig(r){let{_tlv:e,_int:t}=Ge;Ee(r,{r:"bigint",s:"bigint"},{},"sig");let n=e.encode(2,t.encode(r.r)),o=e.encode(2,t.encode(r.s)),s=n+o;return e.encode(48,s)}},dr=(Object.freeze(Ge._tlv),Object.freeze(Ge._int),Object.freeze(Ge));var pi=(r,e)=>(r+(r>=0?e:-e)/mi)/e;function jl(r,e,t){Bt("scalar",r,Ze,t);let[[n,o],[s,i]]=e,a=pi(i*r,t),l=pi(-o*r,t),d=r-a*n-l*s,c=-a*o-l*i,f=d<Ze,p=c<Ze;f&&(d=-d),p&&(c=-c);let u=rn(Math.ceil(Ot(t)/2))+Et;if(d<Ze||d>=u||c<Ze||c>=u)throw new Error("splitScalar (endomorphism): failed for k");return{k1neg:f,k1:d,k2neg:p,k2:c}}function $o(r){if(!["compact","recovered","der"].includes(r))throw new Error('Signature format must be "compact", "recovered", or "der"');return r}function xo(r,e){Ee(r);let t={};for(let n of Object.keys(e))t[n]=r[n]===void 0?e[n]:r[n];return $e(t.lowS,"lowS"),$e(t.prehash,"prehash"),t.format!==void 0&&$o(t.format),t}var Ze=BigInt(0),Et=BigInt(1),mi=BigInt(2),vo=BigInt(3),Wl=BigInt(4);function gi(r,e={}){let t=ir("weierstrass",r,e),n=t.Fp,o=t.Fn,s=t.CURVE,{h:i,n:a}=s;Ee(e,{},{allowInfinityPoint:"boolean",clearCofactor:"function",isTorsionFree:"function",fromBytes:"function",toBytes:"function",endo:"object",randomBytes:"function"});let{endo:l,allowInfinityPoint:d,clearCofactor:c,isTorsionFree:f,fromBytes:p,toBytes:u}=e,b=e.randomBytes===void 0?vt:e.randomBytes;if(l&&(!n.is0(s.a)||typeof l.beta!="bigint"||!Array.isArray(l.basises)))throw new Error('invalid endo: expected "beta": bigint and "basises": array');let y=l?{beta:l.beta,basises:l.basises.map(k=>[...k])}:void 0,E=wi(n,o);function L(){if(!n.isOdd)throw new Error("compression is not supported: Field does not have .isOdd()")}function A(k,h,g){if(h.is0()){if(!d)throw new Error("bad point: ZERO");return Uint8Array.of(0)}let{x:$,y:T}=h.toAffine(),R=n.toBytes($);if($e(g,"isCompressed"),g){L();let B=!n.isOdd(T);return Be(yi(B),R)}else return Be(Uint8Array.of(4),R,n.toBytes(T))}function w(k){Z(k,void 0,"Point");let{publicKey:h,publicKeyUncompressed:g}=E,$=k.length,T=k[0],R=k.subarray(1);if(d&&$===1&&T===0)return{x:n.ZERO,y:n.ZERO};if($===h&&(T===2||T===3)){let B=n.fromBytes(R);if(!n.isValid(B))throw new Error("bad point: is not on curve, wrong x");let N=z(B),H;try{H=n.sqrt(N)}catch(ue){let re=ue instanceof Error?": "+ue.message:"";throw new Error("bad point: is not on curve, sqrt error"+re)}L();let G=n.isOdd(H);return(T&1)===1!==G&&(H=n.neg(H)),{x:B,y:H}}else if($===g&&T===4){let B=n.BYTES,N=n.fromBytes(R.subarray(0,B)),H=n.fromBytes(R.subarray(B,B*2));if(!U(N,H))throw new Error("bad point: is not on curve");return{x:N,y:H}}else throw new Error(`bad point: got length ${$}, expected compressed=${h} or uncompressed=${g}`)}let S=u===void 0?A:u,O=p===void 0?w:p,q=n.mul(s.b,vo),j=n.is0(s.a)?k=>n.ZERO:k=>n.mul(s.a,k);function z(k){let h=n.sqr(k),g=n.mul(h,k);return n.add(n.add(g,n.mul(k,s.a)),s.b)}function U(k,h){let g=n.sqr(h),$=z(k);return n.eql(g,$)}if(!U(s.Gx,s.Gy))throw new Error("bad curve params: generator point");let C=n.mul(n.pow(s.a,vo),Wl),Y=n.mul(n.sqr(s.b),BigInt(27));if(n.is0(n.add(C,Y)))throw new Error("bad curve params: a or b");function F(k,h,g=!1){if(!n.isValid(h)||g&&n.is0(h))throw new Error(`bad point coordinate ${k}`);return typeof h=="object"&&h!==null?n.create(h):h}function W(k){if(!(k instanceof M))throw new Error("Weierstrass Point expected")}function _(k){if(!y||!y.basises)throw new Error("no endo");return jl(k,y.basises,o.ORDER)}function I(k,h,g,$){if(!o.isValid($))throw new RangeError("invalid scalar: out of range");if(y){let{k1neg:T,k1:R,k2neg:B,k2:N}=_($),H=new M(n.mul(g.X,y.beta),g.Y,g.Z);k.push(T?g.negate():g,B?H.negate():H),h.push(R,N)}else k.push(g),h.push($)}let P=new WeakSet;class M{static BASE=new M(s.Gx,s.Gy,n.ONE);static ZERO=new M(n.ZERO,n.ONE,n.ZERO);static Fp=n;static Fn=o;X;Y;Z;constructor(h,g,$){this.X=F("x",h),this.Y=F("y",g,!0),this.Z=F("z",$),Object.freeze(this)}static CURVE(){return s}static fromAffine(h){let{x:g,y:$}=h||{};if(!h||!n.isValid(g)||!n.isValid($))throw new Error("invalid affine point");if(h instanceof M)throw new Error("projective point not allowed");return n.is0(g)&&n.is0($)?M.ZERO:new M(g,$,n.ONE)}static fromBytes(h){let g=M.fromAffine(O(Z(h,void 0,"point")));return g.assertValidity(),g}static fromHex(h){return M.fromBytes(Rt(h))}get x(){return this.toAffine().x}get y(){return this.toAffine().y}precompute(h=6,g=!0){return te.setWindowSize(this,h),g||this.multiply(vo),this}assertValidity(){let h=this;if(h.is0()){if(d&&n.is0(h.X)&&n.eql(h.Y,n.ONE)&&n.is0(h.Z))return;throw new Error("bad point: ZERO")}if(P.has(h))return;let{x:g,y:$}=h.toAffine();if(!n.isValid(g)||!n.isValid($))throw new Error("bad point: x or y not field elements");if(!U(g,$))throw new Error("bad point: equation left != right");if(!h.isTorsionFree())throw new Error("bad point: not in prime-order subgroup");P.add(h)}hasEvenY(){let{y:h}=this.toAffine();if(!n.isOdd)throw new Error("Field doesn't support isOdd");return!n.isOdd(h)}equals(h){W(h);let{X:g,Y:$,Z:T}=this,{X:R,Y:B,Z:N}=h,H=n.eql(n.mul(g,N),n.mul(R,T)),G=n.eql(n.mul($,N),n.mul(B,T));return H&&G}negate(){return new M(this.X,n.neg(this.Y),this.Z)}double(){let{X:h,Y:g,Z:$}=this,T=n.ZERO,R=n.ZERO,B=n.ZERO,N=n.mul(h,h),H=n.mul(g,g),G=n.mul($,$),V=n.mul(h,g);return V=n.add(V,V),B=n.mul(h,$),B=n.add(B,B),T=j(B),R=n.mul(q,G),R=n.add(T,R),T=n.sub(H,R),R=n.add(H,R),R=n.mul(T,R),T=n.mul(V,T),B=n.mul(q,B),G=j(G),V=n.sub(N,G),V=j(V),V=n.add(V,B),B=n.add(N,N),N=n.add(B,N),N=n.add(N,G),N=n.mul(N,V),R=n.add(R,N),G=n.mul(g,$),G=n.add(G,G),N=n.mul(G,V),T=n.sub(T,N),B=n.mul(G,H),B=n.add(B,B),B=n.add(B,B),new M(T,R,B)}add(h){W(h);let{X:g,Y:$,Z:T}=this,{X:R,Y:B,Z:N}=h,H=n.ZERO,G=n.ZERO,V=n.ZERO,ue=n.mul(g,R),re=n.mul($,B),me=n.mul(T,N),_e=n.add(g,$),oe=n.add(R,B);_e=n.mul(_e,oe),oe=n.add(ue,re),_e=n.sub(_e,oe),oe=n.add(g,T);let he=n.add(R,N);return oe=n.mul(oe,he),he=n.add(ue,me),oe=n.sub(oe,he),he=n.add($,T),H=n.add(B,N),he=n.mul(he,H),H=n.add(re,me),he=n.sub(he,H),V=j(oe),H=n.mul(q,me),V=n.add(H,V),H=n.sub(re,V),V=n.add(re,V),G=n.mul(H,V),re=n.add(ue,ue),re=n.add(re,ue),me=j(me),oe=n.mul(q,oe),re=n.add(re,me),me=n.sub(ue,me),me=j(me),oe=n.add(oe,me),ue=n.mul(re,oe),G=n.add(G,ue),ue=n.mul(he,oe),H=n.mul(_e,H),H=n.sub(H,ue),ue=n.mul(_e,re),V=n.mul(he,V),V=n.add(V,ue),new M(H,G,V)}subtract(h){return W(h),this.add(h.negate())}is0(){return this.equals(M.ZERO)}multiply(h){if(!o.isValidNot0(h))throw new RangeError("invalid scalar: out of range");let{p:g,f:$}=te.mulSecret(this,h,i,Q);return Q([g,$])[0]}multiplyUnsafe(h){let g=this,$=h;if(!o.isValid($))throw new RangeError("invalid scalar: out of range");if($===Ze||g.is0())return M.ZERO;if($===Et)return g;if(te.hasWindowSize(this))return te.mulUnsafe(g,$,Q);let T=[],R=[];return I(T,R,g,$),sr(M,T,R)}mulAddUnsafe(h,g,$){W(g);let T=[],R=[];return I(T,R,this,h),I(T,R,g,$),sr(M,T,R)}toAffine(h){let g=this,$=h;if($!=null&&!n.isValid($))throw new RangeError('"invertedZ" expected valid field element');let{X:T,Y:R,Z:B}=g;if(n.eql(B,n.ONE))return{x:T,y:R};let N=g.is0();$==null&&($=N?n.ONE:n.inv(B));let H=n.mul(T,$),G=n.mul(R,$),V=n.mul(B,$);if(N)return{x:n.ZERO,y:n.ZERO};if(!n.eql(V,n.ONE))throw new Error("invZ was invalid");return{x:H,y:G}}isTorsionFree(){return i===Et?!0:f?f(M,this):te.mulUnsafe(this,a).is0()}clearCofactor(){return i===Et?this:c?c(M,this):this.multiplyUnsafe(i)}isSmallOrder(){return i===Et?this.is0():this.clearCofactor().is0()}toBytes(h=!0){return $e(h,"isCompressed"),this.assertValidity(),S(M,this,h)}toHex(h=!0){return en(this.toBytes(h))}toString(){return`<Point ${this.is0()?"ZERO":this.toHex()}>`}}let Q=k=>or(M,k),te=new Lt(M,b);return te.bits>=6&&M.BASE.precompute(6),Object.freeze(M.prototype),Object.freeze(M),M}function yi(r){return Uint8Array.of(r?2:3)}function wi(r,e){return{secretKey:e.BYTES,publicKey:1+r.BYTES,publicKeyUncompressed:1+2*r.BYTES,publicKeyHasPrefix:!0,signature:2*e.BYTES}}function Yl(r,e={}){st(r);let{Fn:t}=r,n=e.randomBytes===void 0?vt:e.randomBytes,o=Object.assign(wi(r.Fp,t),{seed:Math.max(rr(t.ORDER),16)});function s(u){try{let b=t.fromBytes(u);return t.isValidNot0(b)}catch{return!1}}function i(u,b){let{publicKey:y,publicKeyUncompressed:E}=o;try{let L=u.length;return b===!0&&L!==y||b===!1&&L!==E?!1:!r.fromBytes(u).is0()}catch{return!1}}function a(u){return u=u===void 0?n(o.seed):u,po(Z(u,o.seed,"seed"),t.ORDER)}function l(u,b=!0){return r.BASE.multiply(t.fromBytes(u)).toBytes(b)}function d(u){let{secretKey:b,publicKey:y,publicKeyUncompressed:E}=o,L=t._lengths;if(!rt(u))return;let A=Z(u,void 0,"key").length,w=A===y||A===E,S=A===b||!!L?.includes(A);if(!(w&&S))return w}function c(u,b,y=!0){if(d(u)===!0)throw new Error("first arg must be private key");if(d(b)===!1)throw new Error("second arg must be public key");let E=t.fromBytes(u),L=r.fromBytes(b);if(L.is0())throw new Error("invalid public key: point at infinity");return L.multiply(E).toBytes(y)}let f={isValidSecretKey:s,isValidPublicKey:i,randomSecretKey:a},p=ar(a,l);return Object.freeze(f),Object.freeze(o),Object.freeze({getPublicKey:l,getSharedSecret:c,keygen:p,Point:r,utils:f,lengths:o})}function bi(r,e,t={}){st(r);let n=e;Vn(n),Ee(t,{},{hmac:"function",lowS:"boolean",randomBytes:"function",bits2int:"function",bits2int_modN:"function"});let o=Object.assign({},t),s=o.randomBytes===void 0?vt:o.randomBytes,i=o.hmac===void 0?(k,h)=>hi(n,k,h):o.hmac,{Fp:a,Fn:l}=r,{ORDER:d,BITS:c}=l,f=rr(d),p=wo(s,f),{keygen:u,getPublicKey:b,getSharedSecret:y,utils:E,lengths:L}=Yl(r,o),A={prehash:!0,lowS:typeof o.lowS=="boolean"?o.lowS:!0,format:"compact",extraEntropy:!1},w=d*mi+Et<a.ORDER;function S(k){let h=d>>Et;return k>h}function O(k,h){if(!l.isValidNot0(h))throw new Error(`invalid signature ${k}: out of range 1..Point.Fn.ORDER`);return h}function q(){if(!a.isOdd)throw new Error("Field doesn't support isOdd")}function j(k,h,g){return q(),(k===g?0:2)|Number(a.isOdd(h))}function z(){if(w)throw new Error('"recovered" sig type is not supported for cofactor >2 curves')}function U(k,h){$o(h);let g=L.signature,$=h==="compact"?g:h==="recovered"?g+1:void 0;return Z(k,$)}class C{r;s;recovery;constructor(h,g,$){if(this.r=O("r",h),this.s=O("s",g),$!=null){if(z(),![0,1,2,3].includes($))throw new Error("invalid recovery id");this.recovery=$}Object.freeze(this)}static fromBytes(h,g=A.format){U(h,g);let $;if(g==="der"){if(h.length>2*l.BYTES+16)throw new dr.Err("invalid signature: DER signature too long");let{r:N,s:H}=dr.toSig(Z(h),l.BYTES+1);return new C(N,H)}g==="recovered"&&($=h[0],g="compact",h=h.subarray(1));let T=L.signature/2,R=h.subarray(0,T),B=h.subarray(T,T*2);return new C(l.fromBytes(R),l.fromBytes(B),$)}static fromHex(h,g){return this.fromBytes(Rt(h),g)}assertRecovery(){let{recovery:h}=this;if(h==null)throw new Error("invalid recovery id: must be present");return h}addRecoveryBit(h){return new C(this.r,this.s,h)}recoverPublicKey(h){let{r:g,s:$}=this,T=this.assertRecovery(),R=T===2||T===3?g+d:g;if(!a.isValid(R))throw new Error("invalid recovery id: sig.r+curve.n != R.x");let B=a.toBytes(R),N=r.fromBytes(Be(yi((T&1)===0),B)),H=l.inv(R),G=F(Z(h,void 0,"msgHash")),V=l.create(-G*H),ue=l.create($*H),re=r.BASE.mulAddUnsafe(V,N,ue);if(re.is0())throw new Error("invalid recovery: point at infinify");return re.assertValidity(),re}hasHighS(){return S(this.s)}toBytes(h=A.format){if($o(h),h==="der")return Rt(dr.hexFromSig(this));let{r:g,s:$}=this,T=l.toBytes(g),R=l.toBytes($);return h==="recovered"?(z(),Be(Uint8Array.of(this.assertRecovery()),T,R)):Be(T,R)}toHex(h){return en(this.toBytes(h))}}Object.freeze(C.prototype),Object.freeze(C);let Y=o.bits2int===void 0?function(h){if(h.length>8192)throw new Error("input is too large");let g=Pe(h),$=h.length*8-c;return $>0?g>>BigInt($):g}:o.bits2int,F=o.bits2int_modN===void 0?function(h){return l.create(Y(h))}:o.bits2int_modN,W=rn(c);function _(k){return Bt("num < 2^"+c,k,Ze,W),l.toBytes(k)}function I(k,h){return Z(k,void 0,"message"),h?Z(n(k),void 0,"prehashed message"):k}function P(k,h,g){let{lowS:$,prehash:T,extraEntropy:R}=xo(g,A);k=I(k,T);let B=F(k),N=l.fromBytes(h);if(!l.isValidNot0(N))throw new Error("invalid private key");let H=[_(N),_(B)];if(R!=null&&R!==!1){let re=R===!0?s(L.secretKey):R;H.push(Z(re,void 0,"extraEntropy"))}let G=Be(...H),V=B;function ue(re){let me=Y(re);if(!l.isValidNot0(me))return;let _e=r.BASE.multiply(me).toAffine(),oe=l.create(_e.x);if(oe===Ze)return;let he;if(p!==void 0){let Dt=Pe(po(p(f),d)),Ha=l.inv(l.mul(Dt,me)),Ia=l.mul(Dt,V),Pa=l.mul(Dt,N);he=l.create(Ha*l.create(Ia+Pa*oe))}else{let Dt=ri(me,d);he=l.create(Dt*l.create(V+oe*N))}if(he===Ze)return;let Nr=j(_e.x,_e.y,oe),Vo=he;return $&&S(he)&&(Vo=l.neg(he),Nr^=1),new C(oe,Vo,w?void 0:Nr)}return{seed:G,k2sig:ue}}function M(k,h,g={}){let{seed:$,k2sig:T}=P(k,h,g);return Gs(n.outputLen,l.BYTES,i)($,T).toBytes(g.format)}function Q(k,h,g,$={}){let{lowS:T,prehash:R,format:B}=xo($,A);if(g=Z(g,void 0,"publicKey"),h=I(h,R),!rt(k)){let N=k instanceof C?", use sig.toBytes()":"";throw new Error("verify expects Uint8Array signature"+N)}U(k,B);try{let N=C.fromBytes(k,B),H=r.fromBytes(g);if(H.is0()||T&&N.hasHighS())return!1;let{r:G,s:V}=N,ue=F(h),re=l.inv(V),me=l.create(ue*re),_e=l.create(G*re),oe=r.BASE.mulAddUnsafe(me,H,_e);if(oe.is0())return!1;let he=oe.toAffine();return!(l.create(he.x)!==G||B==="recovered"&&N.recovery!==j(he.x,he.y,G))}catch{return!1}}function te(k,h,g={}){let{prehash:$}=xo(g,A);return h=I(h,$),C.fromBytes(k,"recovered").recoverPublicKey(h).toBytes()}return Object.freeze({keygen:u,getPublicKey:b,getSharedSecret:y,utils:E,lengths:L,Point:r,sign:M,verify:Q,recoverPublicKey:te,Signature:C,hash:n})}var Gl={p:BigInt("0xffffffff00000001000000000000000000000000ffffffffffffffffffffffff"),n:BigInt("0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"),h:BigInt(1),a:BigInt("0xffffffff00000001000000000000000000000000fffffffffffffffffffffffc"),b:BigInt("0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b"),Gx:BigInt("0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"),Gy:BigInt("0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5")};var Zl=gi(Gl),xi=bi(Zl,At);var kt=32,Xl=Uint8Array.of(0),Ql=Uint8Array.of(1);function it(r){if(r.length!==kt)throw new v("format",`a hash has ${kt} bytes, not ${r.length}`);return r}function ke(r){return At(r)}function fr(r){return ke(ye(Xl,r))}function cr(r,e){return ke(ye(Ql,r,e))}var Jl=ke(new Uint8Array),an=class an{constructor(e,t){this.size=e;this.peaks=t;if(!Number.isSafeInteger(e)||e<0||t.length!==$i(e))throw new v("format",`a tree of ${e} entries does not have ${t.length} complete subtrees`)}append(e){let t=[...this.peaks],n=this.size;for(let o of e){let s=o;for(let i=n;i%2===1;i=Math.floor(i/2)){let a=t.pop();if(a===void 0)throw new Error("bad math in Frontier.append");s=cr(a,s)}t.push(s),n+=1}return new an(n,t)}root(){return this.peaks.length===0?Jl:this.peaks.reduceRight((e,t)=>cr(t,e))}};an.EMPTY=new an(0,[]);var Nt=an;function ed(r,e){let[t,n,o]=[e,r-1,0];for(;t!==n;o+=1)[t,n]=[Math.floor(t/2),Math.floor(n/2)];return o+$i(t)}function vi(r,e,t,n){if(n.length!==ed(r,e))return null;let o=t,[s,i]=[e,r-1];for(let a of n){if(s%2===1||s===i)for(o=cr(a,o);s%2===0&&s>0;i=Math.floor(i/2))s=s/2;else o=cr(o,a);[s,i]=[Math.floor(s/2),Math.floor(i/2)]}return o}function $i(r){let e=0;for(let t=r;t>0;t=Math.floor(t/2))e+=t%2;return e}var ur=BigInt(0),hr=BigInt(1),pr=BigInt(2),td=BigInt(4),Ei=BigInt(8);function nd(r,e,t,n){let o=r.sqr(t),s=r.sqr(n),i=r.add(r.mul(e.a,o),s),a=r.add(r.ONE,r.mul(e.d,r.mul(o,s)));return r.eql(i,a)}function ki(r,e={}){Ee(e,{},{},"extraOpts");let t=e,n=ir("edwards",r,t,t.FpFnLE),{Fp:o,Fn:s}=n,i=n.CURVE,{h:a}=i;if(on(o,i.a)!==1)throw new Error("edwards: CURVE.a must be a square in Fp for complete addition formulas");if(on(o,i.d)!==-1)throw new Error("edwards: CURVE.d must be a non-square in Fp for complete addition formulas");Ee(t,{},{uvRatio:"function",randomBytes:"function"});let l=t.randomBytes===void 0?vt:t.randomBytes,d=pr<<BigInt(o.BYTES*8)-hr;function c(A){if(!o.isOdd)throw new Error("Field does not have .isOdd()");return o.isOdd(A)}let f=t.uvRatio===void 0?(A,w)=>{try{return{isValid:!0,value:o.sqrt(o.div(A,w))}}catch{return{isValid:!1,value:ur}}}:t.uvRatio;if(!nd(o,i,i.Gx,i.Gy))throw new Error("bad curve params: generator point");let p=o.eql(i.a,o.neg(o.ONE))?A=>o.neg(A):o.eql(i.a,o.ONE)?A=>A:A=>o.mul(i.a,A);function u(A,w,S=!1){let O=S?hr:ur;return Bt("coordinate "+A,w,O,d),w}function b(A){if(!(A instanceof y))throw new Error("EdwardsPoint expected")}class y{static BASE=new y(i.Gx,i.Gy,o.ONE,o.mul(i.Gx,i.Gy));static ZERO=new y(o.ZERO,o.ONE,o.ONE,o.ZERO);static Fp=o;static Fn=s;X;Y;Z;T;constructor(w,S,O,q){this.X=u("x",w),this.Y=u("y",S),this.Z=u("z",O,!0),this.T=u("t",q),Object.freeze(this)}static CURVE(){return i}static fromAffine(w){if(w instanceof y)throw new Error("extended point not allowed");let{x:S,y:O}=w||{};return u("x",S),u("y",O),new y(S,O,o.ONE,o.mul(S,O))}static fromBytes(w,S=!1){let O=o.BYTES,{a:q,d:j}=i;w=nn(Z(w,O,"point")),$e(S,"zip215");let z=nn(w),U=w[O-1];z[O-1]=U&-129;let C=$t(z),Y=S?d:o.ORDER;Bt("point.y",C,ur,Y);let F=o.sqr(C),W=o.sub(F,o.ONE),_=o.sub(o.mulN(j,F),q),{isValid:I,value:P}=f(W,_);if(!I)throw new Error("bad point: invalid y coordinate");let M=c(P),Q=(U&128)!==0;if(!S&&o.is0(P)&&Q)throw new Error("bad point: x=0 and x_0=1");return Q!==M&&(P=o.neg(P)),y.fromAffine({x:P,y:C})}static fromHex(w,S=!1){return y.fromBytes(Rt(w),S)}get x(){return this.toAffine().x}get y(){return this.toAffine().y}precompute(w=6,S=!0){return L.setWindowSize(this,w),S||this.multiply(pr),this}assertValidity(){let w=this,{a:S,d:O}=i;if(w.is0())throw new Error("bad point: ZERO");let{X:q,Y:j,Z:z,T:U}=w,C=o.sqr(q),Y=o.sqr(j),F=o.sqr(z),W=o.sqr(F),_=o.mul(C,S),I=o.mul(o.add(_,Y),F),P=o.add(W,o.mul(O,o.mul(C,Y)));if(!o.eql(I,P))throw new Error("bad point: equation left != right (1)");let M=o.mul(q,j),Q=o.mul(z,U);if(!o.eql(M,Q))throw new Error("bad point: equation left != right (2)")}equals(w){b(w);let{X:S,Y:O,Z:q}=this,{X:j,Y:z,Z:U}=w,C=o.mul(S,U),Y=o.mul(j,q),F=o.mul(O,U),W=o.mul(z,q);return o.eql(C,Y)&&o.eql(F,W)}is0(){return this.equals(y.ZERO)}negate(){return new y(o.neg(this.X),this.Y,this.Z,o.neg(this.T))}double(){let{X:w,Y:S,Z:O}=this,q=o.sqr(w),j=o.sqr(S),z=o.mul(o.sqr(O),pr),U=p(q),C=o.addN(w,S),Y=o.sub(o.subN(o.sqr(C),q),j),F=o.addN(U,j),W=o.subN(F,z),_=o.subN(U,j),I=o.mul(Y,W),P=o.mul(F,_),M=o.mul(Y,_),Q=o.mul(W,F);return new y(I,P,Q,M)}add(w){b(w);let{d:S}=i,{X:O,Y:q,Z:j,T:z}=this,{X:U,Y:C,Z:Y,T:F}=w,W=o.mul(O,U),_=o.mul(q,C),I=o.mul(o.mulN(z,S),F),P=o.mul(j,Y),M=o.sub(o.subN(o.mulN(o.addN(O,q),o.addN(U,C)),W),_),Q=o.subN(P,I),te=o.addN(P,I),k=o.sub(_,p(W)),h=o.mul(M,Q),g=o.mul(te,k),$=o.mul(M,k),T=o.mul(Q,te);return new y(h,g,T,$)}subtract(w){return b(w),this.add(w.negate())}multiply(w){if(!s.isValidNot0(w))throw new RangeError("invalid scalar: expected 1 <= sc < curve.n");let{p:S,f:O}=L.mulSecret(this,w,a,E);return E([S,O])[0]}multiplyUnsafe(w){if(!s.isValid(w))throw new RangeError("invalid scalar: expected 0 <= sc < curve.n");return w===ur?y.ZERO:this.is0()||w===hr?this:L.mulUnsafe(this,w,E)}isSmallOrder(){return this.clearCofactor().is0()}isTorsionFree(){return L.mulUnsafe(this,i.n).is0()}toAffine(w){let S=this,O=w;if(O!=null&&typeof O!="bigint")throw new TypeError('"invertedZ" expected bigint, got type='+typeof O);let{X:q,Y:j,Z:z}=S,U=S.is0();O==null&&(O=U?o.create(Ei):o.inv(z));let C=o.mul(q,O),Y=o.mul(j,O),F=o.mul(z,O);if(U)return{x:o.ZERO,y:o.ONE};if(!o.eql(F,o.ONE))throw new Error("invZ was invalid");return{x:C,y:Y}}clearCofactor(){return a===hr?this:a===pr?this.double():a===td?this.double().double():a===Ei?this.double().double().double():this.multiplyUnsafe(a)}toBytes(){let{x:w,y:S}=this.toAffine(),O=o.toBytes(S);return O[O.length-1]|=c(w)?128:0,O}toHex(){return en(this.toBytes())}toString(){return`<Point ${this.is0()?"ZERO":this.toHex()}>`}}let E=A=>or(y,A),L=new Lt(y,l);return L.bits>=6&&y.BASE.precompute(6),Object.freeze(y.prototype),Object.freeze(y),y}function Si(r,e,t={}){if(st(r),typeof e!="function")throw new Error('"hash" function param is required');let n=e,o=t;Ee(o,{},{adjustScalarBytes:"function",randomBytes:"function",domain:"function",prehash:"function",zip215:"boolean",mapToCurve:"function",toMontgomery:"function",toMontgomerySecret:"function"});let{prehash:s}=o,{BASE:i,Fp:a,Fn:l}=r,d=n.outputLen,c=2*a.BYTES;if(d!==void 0&&(Ye(d,"hash.outputLen"),d!==c))throw new Error(`hash.outputLen must be ${c}, got ${d}`);let f=o.randomBytes===void 0?vt:o.randomBytes,p=o.toMontgomery,u=o.toMontgomerySecret,b=o.adjustScalarBytes===void 0?_=>_:o.adjustScalarBytes,y=o.domain===void 0?(_,I,P)=>{if($e(P,"phflag"),I.length||P)throw new Error("Contexts/pre-hash are not supported");return _}:o.domain;function E(_){return l.create($t(_))}function L(_){let I=U.secretKey;Z(_,U.secretKey,"secretKey");let P=Z(n(_),2*I,"hashedSecretKey"),M=b(P.slice(0,I)),Q=P.slice(I,2*I),te=E(M);return{head:M,prefix:Q,scalar:te}}function A(_){let{head:I,prefix:P,scalar:M}=L(_),Q=i.multiply(M),te=Q.toBytes();return{head:I,prefix:P,scalar:M,point:Q,pointBytes:te}}function w(_){return A(_).pointBytes}function S(_=Uint8Array.of(),...I){let P=Be(...I);return E(n(y(P,Z(_,void 0,"context"),!!s)))}function O(_,I,P={}){Ee(P,{},{},"options"),_=nn(Z(_,void 0,"message")),s&&(_=s(_));let{prefix:M,scalar:Q,pointBytes:te}=A(I),k=S(P.context,M,_),h=i.multiply(k).toBytes(),g=S(P.context,h,te,_),$=l.create(k+g*Q);if(!l.isValid($))throw new Error("sign failed: invalid s");let T=Be(h,l.toBytes($));return Z(T,U.signature,"result")}let q={zip215:o.zip215};function j(_,I,P,M=q){Ee(M);let{context:Q}=M,te=M.zip215===void 0?!!q.zip215:M.zip215,k=U.signature;_=Z(_,k,"signature"),I=Z(I,void 0,"message"),P=Z(P,U.publicKey,"publicKey"),te!==void 0&&$e(te,"zip215"),s&&(I=s(I));let h=k/2,g=_.subarray(0,h),$=$t(_.subarray(h,k)),T,R,B;try{T=r.fromBytes(P,te),R=r.fromBytes(g,te),B=i.multiplyUnsafe($)}catch{return!1}if(!te&&T.isSmallOrder())return!1;let N=S(Q,g,P,I);return R.add(T.multiplyUnsafe(N)).subtract(B).clearCofactor().is0()}let z=a.BYTES,U={secretKey:z,publicKey:z,signature:2*z,seed:z};function C(_){return _=_===void 0?f(U.seed):_,Z(_,U.seed,"seed")}function Y(_){return rt(_)&&_.length===U.secretKey}function F(_,I){try{return!!r.fromBytes(_,I===void 0?q.zip215:I)}catch{return!1}}let W={getExtendedPublicKey:A,randomSecretKey:C,isValidSecretKey:Y,isValidPublicKey:F,toMontgomery(_){if(p===void 0)throw new Error("Montgomery conversion is not supported for this curve");return p(r.fromBytes(_))},toMontgomerySecret(_){if(u===void 0)throw new Error("Montgomery conversion is not supported for this curve");return u(_)}};return Object.freeze(U),Object.freeze(W),Object.freeze({keygen:ar(C,w),getPublicKey:w,sign:O,verify:j,utils:W,Point:r,lengths:U})}var Eo=BigInt(1),_i=BigInt(2);var rd=BigInt(5),od=BigInt(8),ko=BigInt("0x7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed"),sd={p:ko,n:BigInt("0x1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed"),h:od,a:BigInt("0x7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffec"),d:BigInt("0x52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3"),Gx:BigInt("0x216936d3cd6e53fec0a4e231fdd6dc5c692cc7609525a7b2c9562d608f25d51a"),Gy:BigInt("0x6666666666666666666666666666666666666666666666666666666666666658")};function id(r){let e=BigInt(10),t=BigInt(20),n=BigInt(40),o=BigInt(80),s=ko,a=r*r%s*r%s,l=Ne(a,_i,s)*a%s,d=Ne(l,Eo,s)*r%s,c=Ne(d,rd,s)*d%s,f=Ne(c,e,s)*c%s,p=Ne(f,t,s)*f%s,u=Ne(p,n,s)*p%s,b=Ne(u,o,s)*u%s,y=Ne(b,o,s)*u%s,E=Ne(y,e,s)*c%s;return{pow_p_5_8:Ne(E,_i,s)*r%s,b2:a}}function Ri(r){return r[0]&=248,r[31]&=127,r[31]|=64,r}var Ti=BigInt("19681161376707505956807079304988542015446066515923890162744021073123829784752");function ad(r,e){let t=ko,n=le(e*e*e,t),o=le(n*n*e,t),s=id(r*o).pow_p_5_8,i=le(r*n*s,t),a=le(e*i*i,t),l=i,d=le(i*Ti,t),c=a===r,f=a===le(-r,t),p=a===le(-r*Ti,t);return c&&(i=l),(f||p)&&(i=d),ii(i,t)&&(i=le(-i,t)),{isValid:c||f,value:i}}var So=ki(sd,{uvRatio:ad}),Ai=So.Fp;function ld(r){let{y:e}=r;return Ai.toBytes(Ai.div(Eo+e,Eo-e))}function dd(r){let e=So.Fp.BYTES;return Re(r,e),Ri(Gn(r.subarray(0,e))).subarray(0,e)}function cd(r){return Si(So,Gn,Object.assign({adjustScalarBytes:Ri,toMontgomery:ld,toMontgomerySecret:dd,zip215:!0},r))}var Bi=cd({});var fd=100,mr=4,gr=1,ln=4,yr=6,ud=new Map([[gr,32],[ln,32],[yr,1312]]),hd=64,Oi="— ";function Ut(r){let e=wr(r);if(e.type!==gr)throw new v("format","the log's key is not an Ed25519 key (type 1, 32 bytes)");return e}function wr(r){let[e,t,n,...o]=md(r);if(e===void 0||t===void 0||n===void 0||o.length>0)throw new v("format","a key has the form name+keyid+base64");Ni(e);let s=Me(n,`the key of ${e}`),[i=0]=s;if(ud.get(i)!==s.length-1)throw new v("format",`the key of ${e} is of type ${i} with ${s.length-1} bytes: of no known type`);let a=At(ye(new TextEncoder().encode(`${e}
`),s)).slice(0,mr);if(ce(a)!==t)throw new v("format",`the key of ${e} has the id ${ce(a)}, but says ${t}`);return{name:e,type:i,keyId:a,publicKey:s.slice(1)}}function Ct(r,e){let{text:t,lines:n}=dn(r),o=n.filter(i=>_o(i,e));if(o.length===0)throw new v("signature",`the log's key ${e.name} has not signed this head`);for(let i of o)if(!cn(i.signature,t,e.publicKey))throw new v("signature",`the signature of ${e.name} over this head is wrong`);let s=pd(t);if(s.origin!==e.name)throw new v("origin",`the head is of the log ${s.origin}, not of ${e.name}`);return s}function _o(r,e){return r.name===e.name&&ve(r.keyId,e.keyId)}function dn(r){let e=St(r,"the head"),t=e.lastIndexOf(`

`);if(t<0||!e.endsWith(`
`)||t+2===e.length)throw new v("format","a signed note is a text, an empty line, and lines of signatures");let n=e.slice(0,t+1);if(/[\u0000-\u0009\u000b-\u001f]/.test(n))throw new v("format","the head has control characters");let o=e.slice(t+2,-1).split(`
`);if(o.length>fd)throw new v("format",`a head with ${o.length} signatures`);return{text:new TextEncoder().encode(n),lines:o.map(Li)}}function Mi(r){let[e,...t]=St(r,"the list of signatures").split(`
`).reverse();if(e!=="")throw new v("format","the last line of signatures does not end");return t.reverse().map(Li)}function Li(r){let e=r.startsWith(Oi)?r.slice(Oi.length).split(" "):[],[t,n]=e;if(t===void 0||n===void 0||e.length!==2)throw new v("format","a signature line has the form '— name base64'");Ni(t);let o=Me(n,`the signature of ${t}`);if(o.length<=mr)throw new v("format",`the signature of ${t} is empty`);return{name:t,keyId:o.slice(0,mr),signature:o.slice(mr)}}function pd(r){let[e,t,n,o,...s]=St(r,"the checkpoint").split(`
`);if(!e||t===void 0||n===void 0||o!==""||s.length>0)throw new v("format","a checkpoint has three lines: origin, size and root");return{origin:e,size:Dn(t,"the checkpoint's size"),root:it(Me(n,"the checkpoint's root"))}}function cn(r,e,t){return r.length!==hd?!1:Bi.verify(r,e,t,{zip215:!1})}function md(r){let e=r.indexOf("+"),t=r.indexOf("+",e+1);return e<0||t<0?[]:[r.slice(0,e),r.slice(e+1,t),r.slice(t+1)]}function Ni(r){if(r===""||/[\s+\p{White_Space}]/u.test(r))throw new v("format",`a key's name has no spaces and no plus sign, unlike ${JSON.stringify(r)}`)}function St(r,e){try{return new TextDecoder("utf-8",{fatal:!0,ignoreBOM:!0}).decode(r)}catch{throw new v("format",`${e} is not UTF-8`)}}var gd=8,yd=16,To=new TextEncoder().encode("local-vpp device\0"),wd=4,bd=new Map([[-8,"ed25519"],[-19,"ed25519"],[-7,"es256"],[-9,"es256"]]),xd={ed25519:39,es256:38},vd={ed25519:32,es256:65};function Ao(r){let e=bd.get(r);if(e===void 0)throw new K("field",`the algorithm ${String(r)} is none of records`);return e}function br(r,e){let t=Ao(r);if(e.length!==vd[t])throw new K("field",`a key of ${e.length} bytes`);return{algorithm:t,data:e}}function Ht({data:r}){return ce(ke(r).slice(0,gd))}function Ui({data:r}){let e=new Uint8Array(To.length+r.length);return e.set(To),e.set(r,To.length),ce(ke(e).slice(0,yd))}function Ci({algorithm:r,data:e},t){let n=Uint8Array.of(xd[r]);return ke(Zt(mt("local-vpp next key"),mt(t),n,je(e)))}function Ro({algorithm:r,data:e},t,n){if(r==="ed25519")return cn(t,n,e);if(e[0]!==wd||t.length!==64)return!1;try{return xi.verify(t,n,e,{lowS:!0,prehash:!0})}catch{return!1}}var $d=4096,Ed="application/vnd.local-vpp.etp+cbor",kd=1,xr=32,Bo=16,Sd=8,Hi=64,_d=168,Ii=9,Td=11,Ad=["begin","interval","end","tariff_change","exception","gap","enrol","rotate","revoke","raw","transfer","witness","mirror","settled","suspend","reinstate","erased","supply"],Rd=1+je(new Uint8Array(xr)).length,Bd=["enrol","rotate","witness","mirror"],Od=["revoke","suspend","reinstate","erased"];function Pi(r){return Di(r).payload[0]!==_d}function vr(r){let e=Di(r),{algorithm:t,keyId:n,issuer:o,subject:s}=Ld(e.protectedHeader),i=new Xe(gt(e.payload,"the envelope's payload"),"the envelope");i.exactly(0,"version",kd);let a=ce(i.bytes(1,"device",Bo));i.unsigned(2,"epoch");let l=i.unsigned(3,"seq");i.bytes(4,"prev",xr);let d=Ad[i.unsigned(5,"kind")],c=i.unsigned(6,"slot"),f=i.bytes(7,"commitment",xr),p=i.optional(8,E=>Nd(i.list(E,"enrolled key"))),u=i.optional(Ii,E=>i.bytes(E,"proof of possession",Hi)),b=i.optional(10,E=>i.bytes(E,"device concerned",Bo)),y=i.optional(Td,E=>i.bytes(E,"next key",xr));if(i.end(),d===void 0)throw new K("field","the envelope is of a kind that this page does not know");if(l<1)throw new K("field","the envelope: seq is 0, the first record has 1");if(o!==`urn:local-vpp:device:${a}`)throw new K("field",`the envelope names the issuer ${o}, but the device ${a}`);if(p!==null!==Bd.includes(d)||u!==null!=(d==="rotate")||b!==null!==Od.includes(d)||!(d==="rotate"||y!==null==(d==="enrol"&&p?.device===a)))throw new K("field",`the envelope: a ${d} record has other fields than these`);return{device:a,building:s,seq:l,kind:d,slot:c,commitment:f,algorithm:t,keyId:n,named:p,possession:u,nextKey:y,parts:e}}function un({algorithm:r,keyId:e,parts:t},n){if(r!==n.algorithm||e!==Ht(n))return!1;let{protectedHeader:o,payload:s,signature:i}=t,a=Zt(mt("Signature1"),je(o),je(new Uint8Array),je(s));return Ro(n,i,a)}function Fi({building:r,named:e,possession:t,nextKey:n,parts:o}){if(e===null||t===null)return!1;let s=Zt(mt("local-vpp rotate"),mt(r),je(Md(o.payload,n===null?0:Rd)));return Ro(e.key,t,s)}function Md(r,e){let t=ye(Uint8Array.of(Ii),je(new Uint8Array(Hi))),n=r.length-e;return ye(Uint8Array.of((r[0]??0)-1),r.slice(1,n-t.length),r.slice(n,r.length))}function Di(r){if(r.length>$d)throw new K("encoding",`the envelope has ${r.length} bytes`);if(r[0]!==210||r[1]!==132)throw new K("encoding","the envelope is not a tagged COSE_Sign1");let[e,t,n,o]=gt(r.slice(1),"the envelope");if(!fn(e)||!(t instanceof Map)||!fn(n)||!fn(o))throw new K("field","the envelope is not a COSE_Sign1 of four parts");if(t.size>0)throw new K("field","the envelope has headers that nobody signed");return{protectedHeader:e,payload:n,signature:o}}function Ld(r){let e=new Xe(gt(r,"the protected header"),"the protected header"),t=Ao(e.integer(1,"algorithm")),n=new Xe(e.map(15,"claims"),"the claims"),o=e.text(3,"content type"),s=ce(e.bytes(4,"key id",Sd));e.end();let[i,a]=[n.text(1,"issuer",200),n.text(2,"subject",200)];if(n.end(),o!==Ed)throw new K("field",`the content type is ${o}`);return{algorithm:t,keyId:s,issuer:i,subject:a}}function Nd([r,e,t,...n]){if(!fn(r)||r.length!==Bo||e===void 0||!fn(t)||n.length)throw new K("field","the envelope: a named key is [device, algorithm, public key]");return{device:ce(r),key:br(e,t)}}function fn(r){return r instanceof Uint8Array}var Ud={ed25519:-8,es256:-7},$r=class r{constructor(e,t,n,o,s){this.origin=e;this.entries=t;this.building=n;this.nextKey=o;this.lines=s}static begin(e,t=null){if(t===null)return new r(e,0,null,null,new Map);try{let{entries:n,building:o,nextKey:s,lines:i}=JSON.parse(t);if(!Number.isSafeInteger(n))throw new TypeError("no number of entries");if(typeof s=="string"!=(typeof o=="string"))throw new TypeError("no next key");return new r(e,n,o,s,new Map(i.map(Cd)))}catch(n){throw Hd(n)?new v("format",`what was kept of the log's keys is not readable: ${n.message}`):n}}get size(){return this.entries}keyAt(e,t){return this.lines.get(e)?.keys.findLast(({from:n})=>n<=t)?.key??null}witness(e){return this.lines.get(e)?.witness?.data??null}take(e,t){if(e<this.entries)return;if(e>this.entries)throw new Error(`bad math in take: entry ${e} after ${this.entries}`);this.entries=e+1;let n=Id(t);n!==null&&this.enter(e,n)}copy(){return new r(this.origin,this.entries,this.building,this.nextKey,new Map(this.lines))}encode(){let e={entries:this.entries,building:this.building,nextKey:this.nextKey,lines:[...this.lines].map(([t,{keys:n,witness:o}])=>[t,n.map(({from:s,key:i})=>[s,zi(i)]),o&&zi(o)])};return JSON.stringify(e)}enter(e,t){let{device:n,kind:o,named:s,building:i,nextKey:a}=t;if(s===null||i!==this.origin||!this.isSigned(e,t))return;let l=e+1,d=this.lines.get(s.device);if(o==="enrol"){if(d!==void 0||n!==(this.building??s.device))return;this.building===null&&(this.building=n,this.nextKey=a&&ce(a)),this.lines.set(s.device,{keys:[{from:l,key:s.key}],witness:null})}else if(d!==void 0&&n===s.device){if(o==="witness")this.lines.set(n,{...d,witness:s.key});else if(o==="rotate"&&Fi(t)){if(a!==null!=(n===this.building))return;if(a!==null){if(ce(Ci(s.key,this.origin))!==this.nextKey)return;this.nextKey=ce(a)}this.lines.set(n,{...d,keys:[...d.keys,{from:l,key:s.key}]})}}}isSigned(e,t){let{device:n,named:o}=t;if(this.building!==null){let s=this.keyAt(n,e);return s!==null&&un(t,s)}return o!==null&&o.device===n&&Ui(o.key)===n&&un(t,o.key)}};function zi({algorithm:r,data:e}){return[Ud[r],He(e)]}function Cd([r,e,t]){let n=([o,s])=>br(o,Me(s,"a key that was kept"));return[r,{keys:e.map(([o,s])=>({from:o,key:n(s)})),witness:t&&n(t)}]}function Hd(r){return[SyntaxError,TypeError,v,K].some(e=>r instanceof e)}function Id(r){try{return Pi(r)?vr(r):null}catch(e){if(!(e instanceof K))throw e;return null}}var Oe=256;function*Pd(r,e){for(let t=r;t<e;t+=Oe)yield{index:t/Oe,width:Math.min(Oe,e-t)}}function Fd(r,e){return`tile/${r}/${Ki(e)}`}function Dd(r){return`tile/entries/${Ki(r)}`}function zd(r,e,t){if(r.length!==e*kt)throw new v("format",`${t} has ${r.length} bytes, not ${e*kt}`);return Array.from({length:e},(n,o)=>it(r.slice(o*kt,(o+1)*kt)))}function qd(r,e,t){let n=new DataView(r.buffer,r.byteOffset,r.byteLength),o=[],s=0;for(let i=0;i<e;i+=1){let a=s+2;if(a>r.length||a+n.getUint16(s)>r.length)throw new v("format",`${t} ends inside its entry ${i} of ${e}`);s=a+n.getUint16(s),o.push(r.slice(a,s))}if(s!==r.length)throw new v("format",`${t} has ${r.length-s} bytes after its entries`);return o}var Vd=4;async function*qi(r,e,t){let n=[];for(let o of Pd(e,t)){let s=Promise.all([Kd(r,o),jd(r,0,o)]).then(([i,a])=>({span:o,entries:i,tile:a}));s.catch(()=>{}),n.push(s),n.length>Vd&&(yield await n.shift())}for(let o of n)yield await o}async function Kd(r,e){let{data:t,width:n,path:o}=await Vi(r,e,Dd);return qd(t,n,o).slice(0,e.width)}async function jd(r,e,t){let{data:n,width:o,path:s}=await Vi(r,t,i=>Fd(e,i));return zd(n,o,s).slice(0,t.width)}async function Vi(r,e,t){let n={index:e.index,width:Oe},o=e.width===Oe?[n]:[e,n];for(let s of o){let i=t(s);try{return{data:await r.read(i),width:s.width,path:i}}catch(a){if(!(a instanceof Ae))throw a}}throw new v("missing",`the log has signed for ${t(e)} and does not have it`)}function Ki({index:r,width:e}){let t=[String(r%1e3).padStart(3,"0")];for(let o=Math.floor(r/1e3);o>0;o=Math.floor(o/1e3))t.unshift(`x${String(o%1e3).padStart(3,"0")}`);let n=t.join("/");return e===Oe?n:`${n}.p/${e}`}var ji=1024,Er=class{constructor(e,t,n,o=null){this.key=e;this.files=t;this.begin=n;this.known=o;this.names=new Map;this.readUpTo=null;this.readEntries=this.goOn()}get verified(){return this.known}get entries(){return this.readEntries}holds(e,t){let n=this.names.get(e);return n===void 0?null:n===t}forget(){this.known=null,this.readUpTo=null,this.names.clear(),this.readEntries=this.begin(null)}async check(e,t=!1,n=()=>{}){let o=Ct(e,this.key),s=this.known;if(s!==null&&Gd(s,o),!t&&s!==null&&o.size===s.size&&this.readUpTo===s.size)return{checkpoint:o,hashed:0,continues:s.size};let i=t?Nt.EMPTY:s?.edges[0]??Nt.EMPTY,a=i.size===0?this.begin(null):this.readEntries.copy(),l=i.size===0?[]:[i],d=new Map,c=i;for await(let f of qi(this.files,i.size,o.size)){let p=Wd(f);Yd(f,o.size-ji,d),f.entries.forEach((u,b)=>a.take(f.span.index*Oe+b,u)),s!==null&&Zd(c,p,s),c=c.append(p),f.span.width===Oe&&l.push(c),l.length>2&&l.shift(),n(c.size,o.size)}if(!ve(c.root(),o.root)){if(i.size>0)return this.check(e,!0,n);throw new v("root",`the ${o.size} entries make another root than the signed one`)}return this.readEntries=a,this.known={size:o.size,root:o.root,edges:l,notes:a.encode()},this.readUpTo=o.size,this.remember(d,o.size),{checkpoint:o,hashed:o.size-i.size,continues:s?.size??null}}goOn(){let{known:e}=this;if(e===null)return this.begin(null);try{if(e.notes!==null)return this.begin(e.notes)}catch(t){if(!(t instanceof v))throw t;console.warn(t.message)}return this.known={...e,edges:[],notes:null},this.begin(null)}remember(e,t){for(let[n,o]of e)this.names.set(n,o);for(let n of this.names.keys())n<t-ji&&this.names.delete(n)}};function Wd({span:r,entries:e,tile:t}){return e.map((n,o)=>{let s=fr(n),i=t[o];if(i===void 0||!ve(s,i)){let a=r.index*Oe+o;throw new v("entry",`entry ${a} is not the one whose hash stands in the tree`,a)}return s})}function Yd({span:r,entries:e},t,n){e.forEach((o,s)=>{let i=r.index*Oe+s;i>=t&&n.set(i,ce(ke(o)))})}function Gd(r,e){if(e.size<r.size)throw new v("shrunk",`the log has ${e.size} entries; it had ${r.size} when last verified`);if(e.size===r.size&&!ve(e.root,r.root))throw new v("fork",`the log has signed two different roots over ${e.size} entries`)}function Zd(r,e,t){let n=t.size-r.size;if(!(n<0||n>e.length)&&!ve(r.append(e.slice(0,n)).root(),t.root))throw new v("fork",`the first ${t.size} entries are not those that were verified before`)}function Wi({logKey:r,verified:{size:e,root:t,edges:n,notes:o}}){return JSON.stringify({logKey:r,size:e,root:He(t),edges:n.map(s=>({size:s.size,peaks:s.peaks.map(He)})),notes:o})}function Yi(r){let{logKey:e,size:t,root:n,edges:o,notes:s=null}=Qd(r);if(typeof e!="string"||typeof t!="number"||!Number.isSafeInteger(t)||!Array.isArray(o)||o.length>2||s!==null&&typeof s!="string")throw new v("format","what was kept of the log is not readable");return{logKey:e,verified:{size:t,root:Gi(n),edges:o.map(i=>Xd(i,t)),notes:s}}}function Xd(r,e){let{size:t,peaks:n}=r??{};if(typeof t!="number"||t>e||t%Oe!==0||!Array.isArray(n))throw new v("format","what was kept of the log's edge is not readable");return new Nt(t,n.map(Gi))}function Gi(r){if(typeof r!="string")throw new v("format","what was kept of the log is not readable");return it(Me(r,"a hash that was kept"))}function Qd(r){let e;try{e=JSON.parse(r)}catch{throw new v("format","what was kept of the log is not JSON")}if(typeof e!="object"||e===null)throw new v("format","what was kept of the log is no object");return e}var Jd=250,Oo={status:{kind:"waiting"},head:null,failures:0,lastFailure:null},kr=class{constructor(e,t,n,o,s,i){this.logKey=e;this.files=t;this.keeper=o;this.view=s;this.show=i;this.next=null;this.running=!1;let a=ec(o);this.rememberedKey=a?.logKey??null,this.strangeKey=a!==null&&a.logKey!==e,this.verifier=new Er(Ut(e),t,n,a===null||this.strangeKey?null:a.verified)}get trustedKey(){return this.strangeKey?this.rememberedKey??this.logKey:this.logKey}get entries(){return this.verifier.entries}holds(e,t){return this.verifier.holds(e,t)}async refresh(e=!1){try{this.follow({note:await this.files.read("checkpoint"),size:null,root:null},e)}catch(t){this.fail(t)}}async forget(){this.verifier.forget(),this.strangeKey=!1,await this.refresh(!0)}follow(e,t=!1){this.next={head:e,all:t||(this.next?.all??!1)},this.running||this.run()}async run(){for(this.running=!0;this.next!==null;){let{head:e,all:t}=this.next;this.next=null;try{await this.check(e,t)}catch(n){this.fail(n)}}this.running=!1}async check(e,t){if(this.update({head:tc(e.note)}),this.strangeKey)throw new v("key",`the building names the key ${this.logKey}`);let n=performance.now(),{status:o}=this.view,s=o.kind==="verified"?n:-1/0,i=await this.checkOrAskAgain(e,t,(b,y)=>{performance.now()-s<Jd||(s=performance.now(),this.update({status:{kind:"checking",done:b,size:y}}))}),{checkpoint:a,hashed:l,continues:d}=i,{size:c,root:f}=e;if(c!==null&&c!==a.size||f!==null&&f!==He(a.root))throw new v("root","the head that was announced is not the one that is signed");if(o.kind==="verified"&&o.size===a.size&&l===0&&a.size>0)return;let p=performance.now()-n;this.update({status:{kind:"verified",size:a.size,hashed:l,milliseconds:p,continues:d}});let{verified:u}=this.verifier;u!==null&&this.keeper.save(Wi({logKey:this.logKey,verified:u}))}async checkOrAskAgain(e,t,n){try{return await this.verifier.check(e.note,t,n)}catch(o){if(!(o instanceof v)||o.code!=="shrunk")throw o;return await this.verifier.check(await this.files.read("checkpoint"),t,n)}}fail(e){if(e instanceof Te){this.view.status.kind!=="failed"&&this.update({status:{kind:"unreachable",detail:e.message}});return}let t=e instanceof v?e:new v("missing",String(e));this.update({status:{kind:"failed",code:t.code,index:t.index,detail:t.message},failures:this.view.failures+1,lastFailure:Date.now()})}update(e){this.view={...this.view,...e},this.show(this.view)}};function ec(r){let e=r.load();if(e===null)return null;try{return Yi(e)}catch(t){if(!(t instanceof v))throw t;return console.warn(t.message),null}}function tc(r){let[e="",t="",n=""]=new TextDecoder().decode(r).split(`
`);return{origin:e.slice(0,200),size:t.slice(0,20),root:n.slice(0,44)}}var Zi=8,nc=64;function rc(r,e,t){if(r.length!==Zi+nc)return null;let n=new DataView(r.buffer,r.byteOffset).getBigUint64(0);if(n>BigInt(Number.MAX_SAFE_INTEGER))return null;let o=ye(new TextEncoder().encode(`cosignature/v1
time ${n}
`),e);return cn(r.slice(Zi),o,t.publicKey)?Number(n):null}function Sr(r,e,t){let n=new Map,[o,s]=[new Set,new Set];for(let{name:i,key:a}of t.witnesses)for(let{signature:l}of e.filter(d=>_o(d,a))){if(a.type!==ln){s.add(i);continue}let d=rc(l,r,a);d===null?o.add(i):n.has(i)||n.set(i,d)}return{times:n,wrong:[...o],unread:[...s]}}var No="flats",Mo="none",It=class r{constructor(e,t,n,o){this.logs=e;this.witnesses=t;this.groups=n;this.quorum=o}static parse(e){let[t,...n]=St(e,"the policy").split(`
`).reverse();if(t!=="")throw new v("format","the last line of the policy does not end");let o=new Lo;if(n.reverse().forEach((s,i)=>{try{o.read(s)}catch(a){throw a instanceof v?new v("format",`line ${i+1} of the policy: ${a.message}`):a}}),o.quorum===null)throw new v("format","the policy has no line 'quorum'");return new r(o.logs,o.witnesses,o.groups,o.quorum)}get asksForNobody(){return this.quorum===Mo}isMet(e){return this.asksForNobody||this.counting(e).has(this.quorum)}metAt(e){let t=new Set;for(let[n,o]of[...e].sort(([,s],[,i])=>s-i))if(t.add(n),this.isMet(t))return o;return null}tally(e){let t=new Set(this.witnesses.map(({name:o})=>o));return this.groups.filter(({members:o})=>o.every(s=>t.has(s))).map(({name:o,threshold:s,members:i})=>({group:o,signed:i.filter(a=>e.has(a)).length,members:i.length,needed:s}))}counting(e){let t=new Set(this.witnesses.map(({name:n})=>n).filter(n=>e.has(n)));for(let{name:n,threshold:o,members:s}of this.groups)s.filter(i=>t.has(i)).length>=o&&t.add(n);return t}},Lo=class{constructor(){this.logs=[];this.witnesses=[];this.groups=[];this.quorum=null;this.names=new Map;this.keys=new Set}read(e){if(/[\u0000-\u0008\u000b-\u001f\u007f]/.test(e))throw new v("format","it has control characters");let t=e.split(/[ \t]+/).filter(s=>s!==""),[n,...o]=t;if(!(n===void 0||n.startsWith("#"))){if(n==="log"&&o.length>=1&&o.length<=2)return this.log(o);if(n==="witness"&&o.length>=2&&o.length<=3)return this.witness(o);if(n==="group"&&o.length>=3)return this.group(o);if(n==="quorum"&&o.length===1)return this.takeQuorum(o);throw new v("format",`${JSON.stringify(e.slice(0,60))} is not a line that a policy has`)}}log([e=""]){let t=wr(e);if(t.type!==gr&&t.type!==yr)throw new v("format",`the log ${t.name} has a key of type ${t.type}, not one of a log`);this.addKey("log",t),this.logs.push(t)}witness([e="",t=""]){let n=wr(t);if(n.type!==ln&&n.type!==yr)throw new v("format",`the witness ${e} has a key of type ${n.type}, not one that cosigns`);this.define(e),this.addKey("witness",n),this.witnesses.push({name:e,key:n})}group([e="",t="",...n]){for(let s of n){let i=this.names.get(s);if(i===void 0)throw new v("format",`${s} is a member of ${e} and not defined above it`);if(i)throw new v("format",`${s} is a member twice`);this.names.set(s,!0)}this.define(e);let o=t==="all"?n.length:t==="any"?1:Number(t);if(!/^(all|any|[1-9][0-9]{0,5})$/.test(t)||o>n.length)throw new v("format",`the group ${e} asks for ${t} of its ${n.length} members`);this.groups.push({name:e,threshold:o,members:n})}takeQuorum([e=""]){if(this.quorum!==null)throw new v("format","there is a second quorum");if(e!==Mo&&!this.names.has(e))throw new v("format",`the quorum ${e} is no witness and no group defined above it`);this.quorum=e}define(e){if(e===Mo||this.names.has(e))throw new v("format",`the name ${e} is taken already`);this.names.set(e,!1)}addKey(e,{publicKey:t}){let n=`${e} ${He(t)}`;if(this.keys.has(n))throw new v("format","its key stands in the policy already");this.keys.add(n)}};function Xi(r){let e=ce(ke(new TextEncoder().encode(r))).slice(0,32);return e.match(/.{4}/g)?.join(" ")??e}function ea(r){if(r===null)return null;try{return It.parse(new TextEncoder().encode(r))}catch(e){if(!(e instanceof v))throw e;return console.warn(`the pinned policy is not readable: ${e.message}`),null}}function ta(r,e,t){let[n,o]=[Qi(r.policy),Qi(e.policy)],s=[...o.keys()].filter(a=>!n.has(a)),i=[...o].filter(([a,{key:l}])=>Ji(n.get(a),l.publicKey)).map(([a])=>a);return{pinned:Xi(r.text),served:Xi(e.text),added:s,removed:[...n.keys()].filter(a=>!o.has(a)),rekeyed:i,unnamed:[...s,...i].filter(a=>Ji(o.get(a),t(a)??new Uint8Array)),dropped:e.policy==="none"||e.policy.asksForNobody}}function Qi(r){return new Map(r==="none"?[]:r.witnesses.map(e=>[e.name,e]))}function Ji(r,e){return r!==void 0&&!ve(r.key.publicKey,e)}var oc=1500,Uo={status:{kind:"waiting"},quorum:null,change:null},_r=class{constructor(e,t,n,o,s,i=oc){this.key=e;this.files=t;this.pin=n;this.named=o;this.show=s;this.pauseMs=i;this.view=Uo;this.policyNow="unknown";this.running=null;this.again=!1;this.served=""}get policy(){return this.policyNow}get policyChanged(){return this.view.change!==null}async acceptPolicy(){this.pin.save(this.served),this.view={...this.view,quorum:null},await this.refresh()}refresh(){return this.again=!0,this.running??=this.run().finally(()=>{this.running=null}),this.running}async run(){for(;this.again;)this.again=!1,await this.readOnce(),this.again&&await new Promise(e=>setTimeout(e,this.pauseMs))}async readOnce(){try{let e=await this.readPolicy();this.policyNow=e,e==="none"||e.asksForNobody?this.update({status:{kind:"none"}}):await this.check(e)}catch(e){if(e instanceof Te)this.update({status:{kind:"unreachable",detail:e.message}});else if(e instanceof v)this.update({status:{kind:"failed",detail:e.message}});else if(e instanceof Ae)this.update({status:{kind:"waiting"}});else throw e}}async readPolicy(){let e=await this.readIfThere("policy"),t=e===null?"none":It.parse(e);this.served=e===null?"":St(e,"the policy");let n=this.pin.load(),o=ea(n);if(n===null||o===null||o.asksForNobody)return t!=="none"&&!t.asksForNobody&&this.pin.save(this.served),this.update({change:null}),t;let i=n===this.served?null:ta({text:n,policy:o},{text:this.served,policy:t},this.named);return this.update({change:i}),o}async check(e){let t=await this.files.read("checkpoint"),{size:n}=Ct(t,this.key),{text:o,lines:s}=dn(t),i=await this.readIfThere(`cosignatures/${n}`),a=i===null?s:[...s,...Mi(i)],{times:l,wrong:d,unread:c}=Sr(o,a,e),f=new Set(l.keys()),p=e.metAt(l),u=this.view.quorum;this.update({status:{kind:"checked",size:n,met:p!==null,tally:e.tally(f),wrong:d,unread:c},quorum:p===null||u!==null&&u.size>n?u:{size:n,ms:p*1e3}})}async readIfThere(e){try{return await this.files.read(e)}catch(t){if(t instanceof Ae)return null;throw t}}update(e){this.view={...this.view,...e},this.show(this.view)}};var na=100,ra=48,sc=3e4,Io={connection:{kind:"connecting"},building:null,state:null,stateAt:0,records:null,slots:null,log:Oo,witnesses:Uo,witnessed:null,mirrors:null,headMs:null,unreadable:null},Tr=class{constructor(e){this.changed=e;this.snapshot=Io;this.watch=null;this.witnesses=null;this.files=new Hn;this.keeper=new Ar("local-vpp.log");this.pin=new Ar("local-vpp.policy");this.stream=new Fn("api/v1/live",{prepare:()=>this.prepare(),opened:()=>this.catchUp(),connection:t=>this.connected(t),state:t=>{this.update({state:t,stateAt:performance.now()}),t.log!==null&&this.hear(t.log,t.mirrors)},records:t=>this.update({records:Co(t,this.snapshot.records??[])}),head:t=>this.follow(t),slot:t=>this.update({slots:Ho([t],this.snapshot.slots??[])}),unreadable:(t,n)=>this.complain(t,n),isFinal:t=>t instanceof Ke})}start(){this.stream.open()}stop(){this.stream.close(),clearInterval(this.poll)}verifyAll(){this.watch?.refresh(!0)}forgetLog(){this.watch?.forget(),this.pin.forget();let e=this.snapshot.building?.log_key;e!==void 0&&(this.witnesses=this.watchWitnesses(e),this.witnesses.refresh())}acceptPolicy(){this.witnesses?.acceptPolicy()}holds(e){return this.watch?.holds(e.index,e.hash)??null}async known(){if(this.watch===null)return null;let[e,t]=[Ut(this.watch.trustedKey),this.watch];return await this.witnesses?.refresh(),{key:e,policy:this.witnesses?.policy??"unknown",policyChanged:this.witnesses?.policyChanged??!1,keys:t.entries,holds:(n,o)=>t.holds(n,o)}}fetchProven(e){let t=`api/v1/records/${e}`;return Promise.all([jr(t),jr(`${t}/proof`)])}async prepare(){try{let e=await In("api/v1/building",ys);this.watchLog(e),await this.watch?.refresh(),this.witnesses?.refresh();let{records:t,slots:n}=await this.fetchPast();this.update({records:Co(t,[]),slots:Ho(n,[]),unreadable:null})}catch(e){throw e instanceof Ke&&this.restrict(),this.complainOf(e)}}async catchUp(){try{let{records:e,slots:t}=await this.fetchPast();this.update({records:Co(this.snapshot.records??[],e),slots:Ho(this.snapshot.slots??[],t)})}catch(e){throw this.complainOf(e)}}async fetchPast(){let[e,t]=await Promise.all([In(`api/v1/records?limit=${na}`,Pn),In(`api/v1/slots?limit=${ra}`,$s)]);return{records:e,slots:t}}complainOf(e){return e instanceof Ve&&this.complain("api/v1",e.message),e}watchLog(e){let t=this.snapshot.building?.log_key;if(this.update({building:e}),this.watch!==null&&t===e.log_key)return;let n=o=>this.update({log:o});try{let{name:o}=Ut(e.log_key),s=i=>$r.begin(o,i);this.watch=new kr(e.log_key,this.files,s,this.keeper,this.snapshot.log,n),this.witnesses=this.watchWitnesses(this.watch.trustedKey)}catch(o){if(!(o instanceof v))throw o;this.watch=null,this.witnesses=null,n({...Oo,status:{kind:"failed",code:o.code,index:null,detail:o.message}})}}watchWitnesses(e){let t=s=>this.watch?.entries.witness(s)??null,n=s=>{(this.witnesses===null||this.witnesses===o)&&this.update({witnesses:s})},o=new _r(Ut(e),this.files,this.pin,t,n);return o}restrict(){this.update({connection:{kind:"restricted"}}),clearInterval(this.poll),this.poll=setInterval(()=>{this.watch?.refresh(),this.witnesses?.refresh()},sc)}connected(e){(e.kind!=="live"||this.snapshot.connection.kind!=="live")&&this.update({connection:e})}follow(e){this.update({headMs:e.time_ms}),this.hear(e,e.mirrors),this.witnesses?.refresh();let t=new TextEncoder().encode(e.checkpoint);this.watch?.follow({note:t,size:e.size,root:e.root})}hear(e,t){let n=this.snapshot.witnessed,{cosigners:o,witnesses:s,needed:i,quorum_size:a,quorum_ms:l,objections:d,unmirrored_ms:c}=e;if(this.update({witnessed:{cosigners:o,witnesses:s,needed:i,quorum_size:a,quorum_ms:l,objections:d,unmirrored_ms:c},mirrors:t}),n===null)return;(n.cosigners!==o||n.witnesses!==s||n.quorum_size!==a)&&this.witnesses?.refresh()}complain(e,t){let n=this.snapshot.unreadable;t!==null?(n?.event!==e&&console.warn(`${e}: ${t}`),this.update({unreadable:{event:e,problem:t}})):n?.event===e&&this.update({unreadable:null})}update(e){this.snapshot={...this.snapshot,...e},this.changed(this.snapshot)}};function Co(r,e){return[...new Map([...e,...r].map(n=>[n.index,n])).values()].sort((n,o)=>o.index-n.index).slice(0,na)}function Ho(r,e){return[...new Map([...e,...r].map(n=>[n.slot,n])).values()].sort((n,o)=>o.slot-n.slot).slice(0,ra)}var Ar=class{constructor(e){this.name=e;this.text=null}load(){try{return localStorage.getItem(this.name)??this.text}catch{return this.text}}save(e){this.text=e;try{localStorage.setItem(this.name,e)}catch{}}forget(){this.text=null;try{localStorage.removeItem(this.name)}catch{}}};var fe=ne`
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
`;var hn=class extends J{constructor(){super(...arguments);this.words=new se(this)}render(){let{t}=this.words,n=this.conflicts.filter(({suspended:o})=>o);return n.length===0&&this.objections.length===0&&!this.nextKeyHere?x:m`<section role="alert" aria-labelledby="heading">
      <h2 id="heading">${t.alarms.heading}</h2>
      <ul>
        ${this.objections.map(o=>this.objection(o))} ${n.map(o=>this.conflict(o))}
        ${this.nextKeyHere?this.nextKey():x}
      </ul>
    </section>`}objection({witness:t,kind:n,size:o}){let{t:s,f:i}=this.words,a=this.names.get(t),l=a===void 0?t.slice(0,16):s.picture.flat(a),d=n==="ahead"&&o!==null?s.alarms.ahead(l,i.number(o)):s.alarms.fork(l);return m`<li data-kind=${n}>
      <strong>${d}</strong>
      <p>${s.alarms.objectionHelp}</p>
    </li>`}nextKey(){let{t}=this.words;return m`<li data-kind="next-key">
      <strong>${t.alarms.nextKey}</strong>
      <p>${t.alarms.nextKeyHelp} <code>next-key.sheet</code></p>
    </li>`}conflict({flat:t,seq:n,seen_ms:o,hash:s}){let{t:i,f:a}=this.words,l=t===null?i.unknown:i.picture.flat(t);return m`<li data-kind="conflict">
      <strong>${i.alarms.conflict(l,String(n),a.moment(o,this.now))}</strong>
      <p>${i.alarms.conflictHelp} <code>${s.slice(0,16)}</code></p>
    </li>`}};hn.properties={conflicts:{attribute:!1},objections:{attribute:!1},nextKeyHere:{attribute:!1},now:{attribute:!1},names:{attribute:!1}},hn.styles=[fe,ne`
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
    `];customElements.define("alarm-list",hn);function Fe(r){let e=r.filter(t=>t!==null);return{known:e.length===0?null:e.reduce((t,n)=>t+n,0),partial:e.length<r.length}}function oa(r){return r.grid_w===null||r.pv_w===null||r.battery_w===null?null:r.grid_w+r.pv_w+r.battery_w}function sa({building:r,flats:e}){let t=e.map(s=>s.grid_w),n=Fe(t.map(s=>s===null?null:Math.max(0,s))),o=Fe(t.map(s=>s===null?null:Math.max(0,-s)));return{bulk:r.bulk_w,common:r.common_w,frequency:r.frequency_hz,pv:Fe(e.map(s=>s.pv_w)),battery:Fe(e.map(s=>s.battery_w)),taken:n,given:o,shared:{known:n.known===null||o.known===null?null:Math.min(n.known,o.known),partial:n.partial},online:e.filter(s=>s.online).length,islanded:e.filter(s=>s.islanded===!0).length,flats:e.length}}function ia(r){let e=0,t=0;for(let n of r.flats){let o=Math.min(n.import_wh,n.export_wh);e+=n.import_wh-o-n.shared_in_wh,t+=n.export_wh-o-n.shared_out_wh}return{shared:r.shared_wh,fromGrid:e,surplus:t}}function aa(r){let e=r.flats.filter(n=>n.shared_in_wh>0),t=e.reduce((n,o)=>n+o.shared_in_wh,0);return t===0?null:-e.reduce((n,o)=>n+o.inside_money,0)/t}var pn=class extends J{constructor(){super(...arguments);this.words=new se(this)}render(){let{t,f:n}=this.words;if(this.state===null)return m`<section>
        <h2>${t.now.heading}</h2>
        <p class="quiet">${t.loading}</p>
      </section>`;let o=sa(this.state),{latency_ms:s}=this.state,i=la(o.bulk),a={take:t.now.importing,give:t.now.exporting,none:t.now.balanced,unknown:t.now.bulk},l=la(o.battery.known),d={take:t.now.discharging,give:t.now.charging,none:"",unknown:""}[l];return m`<section aria-labelledby="heading">
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
            ${o.islanded>0?m`<span class="badge">${t.now.islanded(o.islanded)}</span>`:x}
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
    </section>`}atLeast({known:t,partial:n}){let{t:o,f:s}=this.words;return t!==null&&n?o.now.atLeast(s.power(t)):s.power(t)}sum(t,{known:n,partial:o},s=""){let{t:i,f:a}=this.words,l=n!==null&&o?m`<br /><small>${i.now.partial}</small>`:x;return m`<div>
      <dt>${t}</dt>
      <dd>${a.power(n)} <small>${n===null?x:s}</small>${l}</dd>
    </div>`}progress(){let{t,f:n}=this.words;if(this.slotSeconds===null||this.slotSeconds===0||this.serverNow===null)return x;let o=this.slotSeconds*1e3,s=Math.floor(this.serverNow/o)*o,i=this.serverNow-s,a=Math.ceil((o-i)/1e3),l=t.duration(Math.floor(a/60),String(a%60).padStart(2,"0"));return m`<div class="slot">
      <div>
        <span>${t.now.slot} ${n.slot(s/1e3,this.slotSeconds,this.serverNow)}</span>
        <span class="quiet">${t.now.slotEnds(l)}</span>
      </div>
      <progress max="1" .value=${i/o} aria-label=${t.now.slot}></progress>
    </div>`}};pn.properties={state:{attribute:!1},slotSeconds:{attribute:!1},serverNow:{attribute:!1}},pn.styles=[fe,ne`
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
    `];function la(r){return r===null?"unknown":r>0?"take":r<0?"give":"none"}customElements.define("building-now",pn);var mn=class extends J{constructor(){super(...arguments);this.words=new se(this)}render(){let{kind:t}=this.connection;return m`<div class=${t} data-kind=${t}>
      <i></i><span aria-hidden="true">${this.text(!0)}</span>
      <span class="unseen" role="status">${this.text(!1)}</span>
    </div>`}text(t){let{t:n}=this.words;switch(this.connection.kind){case"connecting":return n.connection.connecting;case"live":return n.connection.live;case"restricted":return n.connection.restricted;case"lost":{let o=Math.ceil((this.connection.retryAt-this.clock)/1e3);return t&&o>0?n.connection.lost(o):n.connection.retrying}}}};mn.properties={connection:{attribute:!1},clock:{attribute:!1}},mn.styles=[fe,ne`
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
    `];customElements.define("connection-state",mn);var da={ATTRIBUTE:1,CHILD:2,PROPERTY:3,BOOLEAN_ATTRIBUTE:4,EVENT:5,ELEMENT:6},ca=r=>(...e)=>({_$litDirective$:r,values:e}),Rr=class{constructor(e){}get _$AU(){return this._$AM._$AU}_$AT(e,t,n){this._$Ct=e,this._$AM=t,this._$Ci=n}_$AS(e,t){return this.update(e,t)}update(e,t){return this.render(...t)}};var{I:ic}=ls,fa=r=>r;var ua=()=>document.createComment(""),Pt=(r,e,t)=>{let n=r._$AA.parentNode,o=e===void 0?r._$AB:e._$AA;if(t===void 0){let s=n.insertBefore(ua(),o),i=n.insertBefore(ua(),o);t=new ic(s,i,r,r.options)}else{let s=t._$AB.nextSibling,i=t._$AM,a=i!==r;if(a){let l;t._$AQ?.(r),t._$AM=r,t._$AP!==void 0&&(l=r._$AU)!==i._$AU&&t._$AP(l)}if(s!==o||a){let l=t._$AA;for(;l!==s;){let d=fa(l).nextSibling;fa(n).insertBefore(l,o),l=d}}}return t},at=(r,e,t=r)=>(r._$AI(e,t),r),ac={},ha=(r,e=ac)=>r._$AH=e,pa=r=>r._$AH,Br=r=>{r._$AR(),r._$AA.remove()};var ma=(r,e,t)=>{let n=new Map;for(let o=e;o<=t;o++)n.set(r[o],o);return n},gn=ca(class extends Rr{constructor(r){if(super(r),r.type!==da.CHILD)throw Error("repeat() can only be used in text expressions")}dt(r,e,t){let n;t===void 0?t=e:e!==void 0&&(n=e);let o=[],s=[],i=0;for(let a of r)o[i]=n?n(a,i):i,s[i]=t(a,i),i++;return{values:s,keys:o}}render(r,e,t){return this.dt(r,e,t).values}update(r,[e,t,n]){let o=pa(r),{values:s,keys:i}=this.dt(e,t,n);if(!Array.isArray(o))return this.ut=i,s;let a=this.ut??=[],l=[],d,c,f=0,p=o.length-1,u=0,b=s.length-1;for(;f<=p&&u<=b;)if(o[f]===null)f++;else if(o[p]===null)p--;else if(a[f]===i[u])l[u]=at(o[f],s[u]),f++,u++;else if(a[p]===i[b])l[b]=at(o[p],s[b]),p--,b--;else if(a[f]===i[b])l[b]=at(o[f],s[b]),Pt(r,l[b+1],o[f]),f++,b--;else if(a[p]===i[u])l[u]=at(o[p],s[u]),Pt(r,o[f],o[p]),p--,u++;else if(d===void 0&&(d=ma(i,u,b),c=ma(a,f,p)),d.has(a[f]))if(d.has(a[p])){let y=c.get(i[u]),E=y!==void 0?o[y]:null;if(E===null){let L=Pt(r,o[f]);at(L,s[u]),l[u]=L}else l[u]=at(E,s[u]),Pt(r,o[f],E),o[y]=null;u++}else Br(o[p]),p--;else Br(o[f]),f++;for(;u<=b;){let y=Pt(r,l[b+1]);at(y,s[u]),l[u++]=y}for(;f<=p;){let y=o[f++];y!==null&&Br(y)}return this.ut=i,ha(r,l),qe}});var lc=24,dc=40,cc=620,fc={large:{riserX:42,firstX:58,tileWidth:86,widest:178,tileHeight:80,commonHeight:34,gap:8,drop:15},medium:{riserX:40,firstX:54,tileWidth:70,widest:100,tileHeight:58,commonHeight:34,gap:6,drop:12},small:{riserX:32,firstX:43,tileWidth:46,widest:74,tileHeight:43,commonHeight:30,gap:5,drop:10}},Ft=6;function uc(r){let e=/(\d{1,2})\d{2}\D?$/.exec(r)?.[1];return e===void 0?null:Number(e)}function ga(r,e){let t=mc(r.flats.length,e),n=fc[t],{riserX:o,firstX:s}=n,i=pc(r.flats),a=Math.max(e-s-Ft,n.tileWidth),l=Math.max(1,Math.floor((a+n.gap)/(n.tileWidth+n.gap))),d=Math.max(1,...i.map(({flats:C})=>C.length)),c=Math.ceil(d/Math.ceil(d/l)),f=Math.min(n.widest,Math.floor((a+n.gap)/c-n.gap)),p=[],u=[],b=[],y=[],E=Ft,L=(C,Y,F)=>{let W=E+F+n.drop;Y.forEach(({flat:_,watt:I},P)=>{let M=s+P*(f+n.gap),Q=Math.round(M+f/2);p.push({x:M,y:E,width:f,height:F,flat:_});let te=P===0?o:Math.round(Q-f-n.gap),k=Fe(Y.slice(P).map($=>$.watt));u.push({key:`bus ${C} ${P}`,x1:te,y1:W,x2:Q,y2:W,power:k});let h=Fe([I]),g=E+F;u.push({key:`drop ${C} ${P}`,x1:Q,y1:W,x2:Q,y2:g,power:h})}),y.push({y:W,power:Fe(Y.map(_=>_.watt)),name:C}),E=W+n.gap+4};for(let{floor:C,flats:Y}of i){b.push({x:o-10,y:E+Math.min(n.tileHeight/2,20),floor:C});for(let F=0;F<Y.length;F+=c){let W=Y.slice(F,F+c).map(_=>({flat:_,watt:_.grid_w}));L(`${C??"?"}/${F}`,W,n.tileHeight)}}E+=2,L("common",[{flat:null,watt:r.building.common_w}],n.commonHeight);let A=E+4,w=Math.min(168,Math.floor((e-Ft*2-40)/2)),S={x:Ft,y:A+14,width:w,height:58},O=Math.max(40,Math.min(140,e-Ft*2-w*2)),q={x:S.x+w+O,y:S.y,width:w,height:S.height};u.push(...hc(y,o,S.y));let j=S.y+S.height/2,z=Fe([r.building.bulk_w]);u.push({key:"bulk",x1:q.x,y1:j,x2:S.x+S.width,y2:j,power:z});let U=S.y+S.height+Ft;return{width:e,height:U,size:t,tiles:p,lines:u,floors:b,groundY:A,meter:S,grid:q}}function hc(r,e,t){return r.map(({y:n,name:o},s)=>{let i=r.slice(0,s+1).map(d=>d.power),l={known:Fe(i.map(d=>d.known)).known,partial:i.some(d=>d.partial)};return{key:`riser ${o}`,x1:e,y1:r[s+1]?.y??t,x2:e,y2:n,power:l}})}function pc(r){let e=new Map;for(let n of r){let o=uc(n.flat),s=e.get(o);s===void 0?e.set(o,[n]):s.push(n)}let t=new Intl.Collator("en",{numeric:!0});return[...e].map(([n,o])=>({floor:n,flats:o.sort((s,i)=>t.compare(s.flat,i.flat))})).sort((n,o)=>(o.floor??-1)-(n.floor??-1))}function ya(r,e){return e<=0?1.5:1.5+7.5*Math.sqrt(Math.min(1,Math.abs(r)/e))}function mc(r,e){return r>lc&&e<cc?"small":r>dc?"medium":"large"}function Po(r,{t:e,f:t}){let n=[e.picture.flat(r.flat)];return r.online||n.push(e.picture.offline),r.islanded===!0&&n.push(e.flat.islanded),n.push(r.grid_w===null?`${e.flat.grid} ${e.unknown}`:`${Fo(r.grid_w,e)} ${t.power(r.grid_w)}`),r.pv_w!==null&&n.push(`${e.flat.pv} ${t.power(r.pv_w)}`),r.battery_w!==null&&n.push(`${e.flat.battery} ${Do(r.battery_w,e)} ${t.power(r.battery_w)}`),r.soc!==null&&n.push(`${e.flat.soc} ${t.percent(r.soc)}`),n.join(", ")}function Fo(r,e){return r>0?e.picture.buying:r<0?e.picture.selling:e.picture.idle}function Do(r,e){return r>0?e.now.discharging:r<0?e.now.charging:""}function wa(r,e,t,n){let{x:o,y:s,width:i,height:a}=r,l={large:gc,medium:yc,small:wc}[t],[d,c,f]=t==="small"?[o+i-5.5,s+6.5,3]:[o+i-12,s+14,4];return de`
    <title>${Po(e,n)}</title>
    <rect class="tile" x=${o} y=${s} width=${i} height=${a} rx=${t==="small"?7:9} />
    ${l(r,e,n)} ${bc(e,d,c,f)}
  `}function gc({x:r,y:e,width:t},n,{t:o,f:s}){let i=r+9,a=e+56;return de`
    <text class="name" x=${i} y=${e+18}>${n.flat}</text>
    ${n.islanded===!0?de`<text class="island" x=${r+t-22} y=${e+18}>${o.picture.islanded}</text>`:x}
    ${ba(n.grid_w,i+4,e+33)}
    <text class="watt" x=${i+13} y=${e+38}>${s.power(n.grid_w)}</text>
    ${xa(i+5,a-4,n.pv_w)}
    <text class="small" x=${i+14} y=${a}>${s.power(n.pv_w)}</text>
    ${xc(i,a+7,n.soc)}
    <text class="small" x=${i+14} y=${a+16}>${s.percent(n.soc)}</text>
    <text class="small end ${n.battery_w===null?"":"battery"}" x=${r+t-9} y=${a+16}>${vc(n.battery_w,s)}</text>
  `}function yc({x:r,y:e,width:t,height:n},o,{f:s}){let i=r+8;return de`
    <text class="name" x=${i} y=${e+17}>${o.flat}</text>
    ${ba(o.grid_w,i+4,e+28)}
    <text class="watt" x=${i+12} y=${e+33}>${s.power(o.grid_w)}</text>
    ${xa(i+5,e+43,o.pv_w)}
    <text class="small" x=${i+13} y=${e+47}>${s.power(o.pv_w)}</text>
    ${va(i,e+n-7,t-16,o.soc)}
  `}function wc({x:r,y:e,width:t,height:n},o,{f:s}){return de`
    <text class="name" x=${r+5} y=${e+14}>${o.flat}</text>
    <text class="watt middle ${yn(o.grid_w)}" x=${r+t/2} y=${e+29}>
      ${s.shortPower(o.grid_w)}
    </text>
    ${va(r+6,e+n-8,t-12,o.soc)}
  `}function bc(r,e,t,n){let o=r.islanded===!0?"island":r.online?"online":"offline";return de`<circle class="mark ${o}" cx=${e} cy=${t} r=${n} />
    ${o==="offline"?de`<path class="mark offline" d="M${e-n-1} ${t+n+1}l${2*n+2} ${-2*n-2}" />`:x}`}function ba(r,e,t){if(r===null||r===0)return x;let n=r>0?`M${e-4.5} ${t-4}h9l-4.5 8z`:`M${e-4.5} ${t+4}h9l-4.5 -8z`;return de`<path class="arrow ${yn(r)}" d=${n} />`}function xa(r,e,t){let n=t===null?"unknown":"",o=Array.from({length:8},(s,i)=>{let[a,l]=[Math.cos(i*Math.PI/4),Math.sin(i*Math.PI/4)];return`M${[3.6,5.4].map(c=>`${(r+a*c).toFixed(2)} ${(e+l*c).toFixed(2)}`).join("L")}`});return de`<circle class="sun ${n}" cx=${r} cy=${e} r="2.4" /><path class="rays ${n}" d=${o.join("")} />`}function xc(r,e,t){let n=t===null?0:Math.max(0,Math.min(1,t/100))*7;return de`
    <rect class="cell" x=${r+1.5} y=${e} width="7" height="10.5" rx="1.6" />
    <rect class="charge" x=${r+3} y=${e+1.75+(7-n)} width="4" height=${n} />
  `}function vc(r,e){return r===null||r===0?e.power(r):`${r>0?"−":"+"}${e.power(r)}`}function va(r,e,t,n){if(n===null)return x;let o=Math.max(0,Math.min(1,n/100))*t;return de`<rect class="track" x=${r} y=${e} width=${t} height="3.5" rx="1.7" />
    <rect class="charge" x=${r} y=${e} width=${o.toFixed(1)} height="3.5" rx="1.7" />`}function yn(r){return r===null?"unknown":r>0?"take":r<0?"give":"none"}var $a=ne`
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
`;var wn=class extends J{constructor(){super(...arguments);this.words=new se(this)}render(){let{t,f:n}=this.words,{flat:o}=this,s=o.grid_w===null?"":Fo(o.grid_w,t),i=o.battery_w===null?"":Do(o.battery_w,t),a=o.age_ms===null?null:o.age_ms+this.silentMs;return m`
      <header>
        <h3>${t.picture.flat(o.flat)}</h3>
        <button @click=${()=>this.dispatchEvent(new Event("close"))}>${t.flat.close}</button>
      </header>
      <dl>
        ${this.pair(t.flat.state,o.islanded===!0?t.flat.islanded:o.online?t.flat.online:t.flat.offline)}
        ${this.pair(t.flat.age,n.age(a))} ${this.pair(t.flat.grid,`${n.power(o.grid_w)} ${s}`)}
        ${this.pair(t.flat.load,n.power(oa(o)))} ${this.pair(t.flat.pv,n.power(o.pv_w))}
        ${this.pair(t.flat.battery,`${n.power(o.battery_w)} ${i}`)}
        ${this.pair(t.flat.soc,n.percent(o.soc))} ${this.pair(t.flat.frequency,n.frequency(o.frequency_hz))}
        ${this.pair(t.flat.registers,`${this.register(o.import_wh)} / ${this.register(o.export_wh)}`)}
        <div class="wide">
          <dt>${t.flat.fingerprint}</dt>
          <dd><code>${o.fingerprint??t.flat.notEnrolled}</code></dd>
        </div>
      </dl>
      ${this.settled()}
    `}settled(){let{t,f:n}=this.words,o=this.lastSlot;if(o===null)return x;let s=o.flats.find(({flat:i})=>i===this.flat.flat);return m`
      <h4>${t.flat.lastSlot(n.slot(o.slot,o.seconds,this.serverNow))}</h4>
      ${s===void 0?m`<p class="quiet">${t.flat.notInSlot}</p>`:m`<dl>
              ${this.pair(t.flat.imported,n.energy(s.import_wh))}
              ${this.pair(t.flat.exported,n.energy(s.export_wh))}
              ${this.pair(t.flat.sharedIn,n.energy(s.shared_in_wh))}
              ${this.pair(t.flat.sharedOut,n.energy(s.shared_out_wh))}
              ${this.pair(t.flat.insideMoney,n.money(s.inside_money))}
              ${this.pair(t.flat.gridMoney,n.money(s.grid_money))}
            </dl>`}
    `}register(t){let{t:n,f:o}=this.words;return t===null?n.unknown:`${o.number(t/1e3,3)} kWh`}pair(t,n){return m`<div>
      <dt>${t}</dt>
      <dd>${n}</dd>
    </div>`}};wn.properties={flat:{attribute:!1},lastSlot:{attribute:!1},silentMs:{attribute:!1},serverNow:{attribute:!1}},wn.styles=[fe,ne`
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
    `];customElements.define("flat-detail",wn);var $c=5,Ec=2e3,kc=240,bn=class extends J{constructor(){super();this.words=new se(this);this.observer=new ResizeObserver(([t])=>{t!==void 0&&(this.width=Math.floor(t.contentRect.width))});this.width=0,this.chosen=null}firstUpdated(){let t=this.renderRoot.querySelector(".frame");t!==null&&this.observer.observe(t)}disconnectedCallback(){super.disconnectedCallback(),this.observer.disconnect()}render(){let{t}=this.words;return m`<section aria-labelledby="heading">
      <h2 id="heading">${t.picture.heading}</h2>
      <div class="frame">
        ${this.state===null?m`<p class="quiet">${t.loading}</p>`:this.width===0?x:this.picture(this.state,ga(this.state,Math.max(this.width,kc)))}
      </div>
      ${this.state===null?x:m`${this.legend()}${this.detail(this.state)}`}
    </section>`}picture(t,n){let{t:o}=this.words,{width:s,height:i,lines:a,tiles:l,floors:d,groundY:c}=n,f=Math.max(Ec,...a.map(({power:p})=>Math.abs(p.known??0)));return m`
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
          ${gn(a,({key:p})=>p,p=>Sc(p,f))}
        </g>
        <g aria-hidden="true">
          ${d.map(({floor:p,x:u,y:b})=>p===null?x:de`<text class="floor" x=${u} y=${b+4}>${o.picture.floor(p)}</text>`)}
        </g>
        <g role="list">
          ${gn(l,({flat:p})=>p?.flat??"",p=>this.tile(p,n.size,t))}
        </g>
        ${this.bulk(n,t)}
      </svg>
    `}tile(t,n,o){let{flat:s}=t;if(s===null)return this.commonTile(t,n,o);let i=s.islanded===!0?"islanded":s.online?"online":"offline";return de`<g role="listitem"><g
      role="button"
      tabindex="0"
      class="flat ${i} ${s.flat===this.chosen?"chosen":""}"
      data-flat=${s.flat}
      data-kind=${i}
      data-watt=${s.grid_w??"unknown"}
      aria-label=${Po(s,this.words)}
      aria-expanded=${s.flat===this.chosen?"true":"false"}
      @click=${()=>this.choose(s)}
      @keydown=${a=>this.chooseByKey(a,s)}
    >${wa(t,s,n,this.words)}</g></g>`}commonTile({x:t,y:n,width:o,height:s},i,a){let{t:l,f:d}=this.words,c=d.power(a.building.common_w),f=t+(i==="small"?6:9),p=i==="large"?[n+22,t+o-9,n+22]:[n+14,f,n+s-5];return de`<g role="listitem" aria-label="${l.picture.common} ${c}" class="common ${i==="large"&&o<124?"tight":""}">
      <rect class="tile" x=${t} y=${n} width=${o} height=${s} rx="9" />
      <text class="name" x=${f} y=${p[0]}>${l.picture.common}</text>
      <text class="watt ${i==="large"?"end":""}" x=${p[1]} y=${p[2]}>${c}</text>
    </g>`}bulk({meter:t,grid:n},o){let{t:s,f:i}=this.words,a=o.building.bulk_w,l=a===null?"":a>0?s.now.importing:a<0?s.now.exporting:s.now.balanced,d=`M${n.x+22} ${n.y+47}l7 -34l7 34M${n.x+20} ${n.y+20}h18M${n.x+22} ${n.y+28}h14M${n.x+25} ${n.y+33}l9 8M${n.x+33} ${n.y+33}l-9 8`;return de`
      <g role="img" aria-label="${s.picture.meter} ${l} ${i.power(a)}" class="node" data-node="meter">
        <rect class="tile" x=${t.x} y=${t.y} width=${t.width} height=${t.height} rx="10" />
        <text class="small" x=${t.x+12} y=${t.y+21}>${s.picture.meter}</text>
        <text class="watt ${yn(a)}" x=${t.x+12} y=${t.y+45}>${i.power(a)}</text>
      </g>
      <g role="img" aria-label=${s.picture.grid} class="node" data-node="grid">
        <rect class="tile" x=${n.x} y=${n.y} width=${n.width} height=${n.height} rx="10" />
        <path class="pylon" d=${d} />
        <text class="name" x=${n.x+50} y=${n.y+26}>${s.picture.grid}</text>
        <text class="small" x=${n.x+50} y=${n.y+44}>${i.frequency(o.building.frequency_hz)}</text>
      </g>
    `}legend(){let{t}=this.words;return m`<ul class="legend">
      <li><i class="take"></i>${t.picture.legendIn}</li>
      <li><i class="give"></i>${t.picture.legendOut}</li>
      <li><i class="unknown"></i>${t.picture.legendUnknown}</li>
      <li>${t.picture.legendWidth}</li>
      ${this.stale?m`<li class="warn">${t.connection.stale}</li>`:m`<li>${t.picture.choose}</li>`}
    </ul>`}detail(t){let n=t.flats.find(o=>o.flat===this.chosen);return n===void 0?x:m`<flat-detail
      .flat=${n}
      .lastSlot=${this.slots?.[0]??null}
      .silentMs=${this.silentMs}
      .serverNow=${t.time_ms}
      @close=${()=>this.choose(n)}
    ></flat-detail>`}choose(t){this.chosen=this.chosen===t.flat?null:t.flat,this.chosen!==null&&this.updateComplete.then(()=>{this.renderRoot.querySelector("flat-detail")?.scrollIntoView({block:"nearest"})})}chooseByKey(t,n){t.key!=="Enter"&&t.key!==" "||(t.preventDefault(),this.choose(n))}};bn.properties={state:{attribute:!1},slots:{attribute:!1},stale:{type:Boolean,reflect:!0},silentMs:{attribute:!1},width:{state:!0},chosen:{state:!0}},bn.styles=[fe,$a];function Sc({x1:r,y1:e,x2:t,y2:n,power:o},s){let i=o.known,a=i===null?1.5:ya(i,s),l=`${yn(i)}${o.partial?" partial":""}`,d=`M${r} ${e}L${t} ${n}`,c=i!==null&&Math.abs(i)>=$c;return de`<path class="line ${l}" d=${d} stroke-width=${a.toFixed(1)} />
    ${c?de`<path class="flow ${l}" d=${d} stroke-width=${Math.max(1.6,a*.5).toFixed(1)} />`:x}`}customElements.define("flow-picture",bn);var _c=6e4,Tc=6e5;function ka(r,e,t,n){let{status:o}=r,s=o.kind==="checked",i=Ac(r.quorum,e);return{flats:s?o.tally.find(({group:a})=>a===No)??null:Ea(e),others:s?o.tally.filter(({group:a})=>a!==No):[],verifiedHere:s,quorum:i,warning:o.kind==="none"||!s&&Ea(e)===null?null:Rc(i,t,n)}}function Ea(r){return r===null||r.cosigners===null||r.witnesses===null||r.needed===null||r.needed===0?null:{signed:r.cosigners,members:r.witnesses,needed:r.needed}}function Ac(r,e){let{quorum_size:t=null,quorum_ms:n=null}=e??{};return t!==null&&n!==null&&t>(r?.size??0)?{size:t,ms:n,verifiedHere:!1}:r===null?null:{...r,verifiedHere:!0}}function Rc(r,e,t){return e.size===null||e.ageMs===null||e.size<=(r?.size??0)||e.ageMs<=_c?null:r!==null&&t-r.ms>Tc?"old":"waits"}var Bc=6e4,xn=class extends J{constructor(){super(...arguments);this.words=new se(this)}render(){let{t}=this.words,n=ka(this.view,this.told,this.head,this.now),{mirrors:o}=this,{change:s}=this.view,i=n.verifiedHere&&n.quorum?.verifiedHere!==!1;return m`<h3>${t.witnesses.heading} ${i&&this.anybody(n)?this.mark():x}</h3>
      ${s===null?x:this.changed(s)}
      <div class="witnesses" data-kind=${this.view.status.kind}>${this.witnesses(n,!i)}</div>
      ${o===null?x:m`<h3>${t.witnesses.copies}</h3>
              ${this.unmirrored()}
              <div class="copies">${this.copies(o)}</div>`}`}anybody({flats:t,others:n}){return t!==null||n.length>0}mark(){return m`<span class="here">✓ ${this.words.t.witnesses.here}</span>`}witnesses(t,n){let{t:o}=this.words,{status:s}=this.view;return s.kind==="none"||s.kind==="waiting"&&!this.anybody(t)?m`<p class="quiet">${s.kind==="none"?o.witnesses.none:o.loading}</p>`:m`${this.signed(t,n)} ${this.quorum(t,n)} ${this.troubles(t)}`}changed(t){let{t:n}=this.words,{pinned:o,served:s,added:i,removed:a,rekeyed:l,unnamed:d,dropped:c}=t,f=[[n.witnesses.added,i],[n.witnesses.removed,a],[n.witnesses.rekeyed,l]];return m`<div class="changed ${d.length>0||c?"wrong":"warning"}" role="alert">
      <p><strong>${n.witnesses.changed}</strong></p>
      <p>${n.witnesses.changedHelp}</p>
      <dl>
        <dt>${n.witnesses.pinned}</dt>
        <dd><code>${o}</code></dd>
        <dt>${n.witnesses.served}</dt>
        <dd><code>${s}</code></dd>
        ${f.map(([p,u])=>u.length===0?x:m`<dt>${p}</dt>
                <dd>${this.named(u)}</dd>`)}
      </dl>
      ${c?m`<p>${n.witnesses.dropped}</p>`:x}
      ${i.length+l.length===0?x:m`<p>${d.length===0?n.witnesses.allNamed:n.witnesses.unnamed(this.named(d))}</p>`}
      <button class="accept" @click=${()=>this.dispatchEvent(new Event("accept-policy"))}>
        ${n.witnesses.accept}
      </button>
    </div>`}signed({flats:t,others:n,verifiedHere:o},s){let{t:i,f:a}=this.words,l=o&&s?this.mark():x,d=n.map(({signed:u,members:b,needed:y})=>m`<p class="outside">
          ${i.witnesses.outside(a.number(u),a.number(b),a.number(y))} ${l}
        </p>`);if(t===null)return m`${d}`;let{signed:c,members:f,needed:p}=t;return m`<p class="flats" data-here=${o}>
        ${i.witnesses.flats(a.number(c),a.number(f),a.number(p))} ${l}
      </p>
      ${d}`}quorum({quorum:t},n){let{t:o,f:s}=this.words;if(t===null)return m`<p class="quorum quiet">${o.witnesses.noQuorum}</p>`;let i=t.verifiedHere&&n?this.mark():x;return m`<p class="quorum" data-here=${t.verifiedHere}>
      ${o.witnesses.quorum(s.moment(t.ms,this.now),s.number(t.size))} ${i}
    </p>`}troubles({warning:t,quorum:n}){let{t:o,f:s}=this.words,{status:i}=this.view,a=s.lasting(this.head.ageMs??0);return m`${i.kind==="checked"&&i.wrong.length>0?m`<p class="wrong" role="alert">${o.witnesses.wrong(this.named(i.wrong))}</p>`:x}
    ${t===null?x:m`<p class="warning" data-kind=${t} role="status">
            ${t==="old"&&n!==null?o.witnesses.old(s.moment(n.ms,this.now),a):o.witnesses.waits(a)}
          </p>`}
    ${i.kind==="checked"&&i.unread.length>0?m`<p class="quiet">${o.witnesses.unread(this.named(i.unread))}</p>`:x}
    ${i.kind==="unreachable"||i.kind==="failed"?m`<p class="warning" data-kind=${i.kind}>${o.witnesses[i.kind]}</p>
            <details>
              <summary>${o.log.detail}</summary>
              <p>${i.detail}</p>
            </details>`:x}`}unmirrored(){let{t,f:n}=this.words,o=this.told?.unmirrored_ms??null;return o===null||this.now-o<Bc?x:m`<p class="warning unmirrored" role="status">${t.witnesses.unmirrored(n.lasting(this.now-o))}</p>`}copies(t){let{t:n,f:o}=this.words;if(t.length===0)return m`<p class="quiet">${n.witnesses.noCopies}</p>`;let s=Math.max(this.head.size??0,...t.map(({size:a})=>a)),i=t.filter(({size:a})=>a===s).length;return m`<p>${n.witnesses.copiesHeld(o.number(t.length),o.number(i),o.number(s))}</p>
      <ul>
        ${t.map(({flat:a,size:l,signed_ms:d})=>m`<li class=${l===s?"":"behind"} title=${o.age(this.now-d)}>
              ${a===null?n.unknown:n.picture.flat(a)}${l===s?" ✓":`${n.witnesses.behind(o.number(s-l))}`}
            </li>`)}
      </ul>`}named(t){let{t:n}=this.words;return t.map(o=>{let s=this.names.get(o);return s===void 0?o.slice(0,16):n.picture.flat(s)}).join(n.witnesses.comma)}};xn.properties={view:{attribute:!1},told:{attribute:!1},mirrors:{attribute:!1},head:{attribute:!1},now:{attribute:!1},names:{attribute:!1}},xn.styles=[fe,ne`
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
    `];customElements.define("witness-panel",xn);var vn=class extends J{constructor(){super(...arguments);this.words=new se(this)}render(){let{t,f:n}=this.words,{status:o,head:s,failures:i,lastFailure:a}=this.log;return m`<section aria-labelledby="heading">
      <h2 id="heading">${t.log.heading}</h2>
      <p class="quiet">${t.log.explanation}</p>
      <div class="state ${o.kind}" data-kind=${o.kind} role="status">${this.status()}</div>
      ${i>0&&o.kind!=="failed"&&a!==null?m`<p class="before">${t.log.failedBefore(i,n.time(a))}</p>`:x}
      <dl>
        <dt>${t.log.origin}</dt>
        <dd>${s?.origin??t.unknown}</dd>
        <dt>${t.log.size}</dt>
        <dd data-value="size">${s===null?t.unknown:n.number(Sa(s.size))}</dd>
        <dt>${t.log.root}</dt>
        <dd><code title=${s?.root??""}>${s===null?t.unknown:Oc(s.root)}</code></dd>
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
        .head=${{size:s===null?null:Sa(s.size),ageMs:this.ageMs}}
        .now=${this.now}
        .names=${this.names}
        @accept-policy=${()=>this.ask("accept-policy")}
      ></witness-panel>
    </section>`}status(){let{t,f:n}=this.words,{status:o}=this.log;switch(o.kind){case"waiting":return m`<strong>${t.log.waiting}</strong>`;case"checking":return m`<strong>${t.log.checking(n.number(o.done),n.number(o.size))}</strong>`;case"verified":{let{size:s,hashed:i,milliseconds:a,continues:l}=o,[d,c]=[n.number(s),n.number(Math.max(1,Math.round(a)))],f=i===s?t.log.verifiedAll(d,c):i===0?t.log.verifiedSame(d):t.log.verifiedRest(d,n.number(i),c);return m`<strong>${t.log.verified} ✓</strong>
          <p>${f}</p>
          ${l===null||l===0||l===s?x:m`<p>${t.log.continues(n.number(l))}</p>`}`}case"unreachable":return m`<strong>${t.log.unreachable}</strong>
          <details>
            <summary>${t.log.detail}</summary>
            <p class="technical">${o.detail}</p>
          </details>`;case"failed":return m`<strong>${t.log.failed}</strong>
          <p class="reason" data-code=${o.code}>${t.log.reasons[o.code]}</p>
          ${o.index===null?x:m`<p>${t.log.entry(String(o.index))}</p>`}
          <p>${t.log.advice}</p>
          <details>
            <summary>${t.log.detail}</summary>
            <p class="technical">${o.detail}</p>
            ${["shrunk","fork","key"].includes(o.code)?m`<p>${t.log.forgetHelp}</p>
                    <button class="forget" @click=${()=>this.ask("forget-log")}>${t.log.forget}</button>`:x}
          </details>`}}ask(t){this.dispatchEvent(new Event(t))}};vn.properties={log:{attribute:!1},fingerprint:{attribute:!1},ageMs:{attribute:!1},witnesses:{attribute:!1},witnessed:{attribute:!1},mirrors:{attribute:!1},now:{attribute:!1},names:{attribute:!1}},vn.styles=[fe,ne`
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
    `];function Sa(r){return/^[0-9]{1,15}$/.test(r)?Number(r):null}function Oc(r){return r.length>20?`${r.slice(0,8)}…${r.slice(-8)}`:r}customElements.define("log-panel",vn);var Or="c2sp.org/tlog-proof@v1",_a=63,Mc=12e5;function Ta(r){if(r.length>Mc)throw new v("format",`a proof of ${r.length} bytes`);let e=r.findIndex((i,a)=>i===10&&r[a+1]===10);if(e<0)throw new v("format","a proof has an empty line before its head");let t=r.slice(0,e);if(t.some(i=>i>127))throw new v("format","a proof's own lines are ASCII");let n=new TextDecoder().decode(t).split(`
`);if(n.shift()!==Or)throw new v("format",`a proof starts with ${Or}`);n[0]?.startsWith("extra ")===!0&&Me(n.shift()?.slice(6)??"","the proof's extra data");let[o="",...s]=n;if(!o.startsWith("index "))throw new v("format","a proof tells the index of its entry");if(s.length>_a)throw new v("format",`a proof's path has at most ${_a} hashes`);return{index:Dn(o.slice(6),"the proof's index"),path:s.map(i=>it(Me(i,"a hash of the proof's path"))),checkpoint:r.slice(e+2)}}var Aa=16*1024,Lc=1,Nc=32,Ba=32,Ra=16,Uc=3600,Cc=1e5,Hc=7,Ic=["unknown","grid","solar","battery","vehicle","wind","fuel_cell"],Pc=[null,"gas"];function Oa(r){if(r.length>Aa)throw new K("encoding",`the file has ${r.length} bytes, a record at most ${Aa}`);let e=gt(r,"the file"),[t,n,o,...s]=Array.isArray(e)?e:[];if(!Mr(t)||!Mr(n)||!Mr(o)||s.length>0)throw new K("field","a record is [envelope, salt, body]");if(n.length!==Nc)throw new K("field",`the salt has ${n.length} bytes`);return{entry:t,envelope:vr(t),salt:n,body:o}}function Ma({entry:r}){return ce(ke(r))}function La({envelope:r,salt:e,body:t}){if(!ve(ke(ye(e,t)),r.commitment))throw new K("commitment","SHA-256 of salt and body is not the commitment that the envelope has");let n=Fc(t);if(r.kind==="supply"==(n.carrier===null))throw Ue("a carrier belongs to records of a supply, and to them only");return n}function Fc(r){let e=new Xe(gt(r,"the body"),"the body");e.exactly(1,"version",Lc);let t=i=>a=>qc(e.list(a,i),i),n={startMs:e.unsigned(2,"start"),endMs:e.unsigned(3,"end"),slotSeconds:e.unsigned(15,"slot length",Uc),sender:ce(e.bytes(5,"sender",Ra)),receiver:ce(e.bytes(6,"receiver",Ra)),energyWh:e.unsigned(7,"energy"),imported:e.optional(8,t("import register")),exported:e.optional(9,t("export register")),sources:Vc(e.map(10,"sources")),millihertz:e.optional(11,i=>e.unsigned(i,"frequency",Cc)),place:e.optional(12,i=>e.text(i,"place")),meterStatus:e.unsigned(13,"meter status",3),errors:e.unsigned(14,"error flags",Hc),price:e.optional(16,i=>e.unsigned(i,"price")),meter:e.optional(20,i=>e.text(i,"meter")),logSize:e.optional(21,i=>e.unsigned(i,"log size")),reason:e.optional(22,i=>e.text(i,"reason")),carrier:e.optional(23,i=>zc(e.unsigned(i,"carrier")))};e.unsigned(4,"time status",3);let o=e.optional(17,i=>e.bytes(i,"root of the seconds",Ba)),s=e.optional(18,i=>e.unsigned(i,"number of seconds"));if(e.optional(19,i=>Kc(e.list(i,"evidence"))),e.end(),o===null!=(s===null))throw Ue("the root of the seconds and their number go together");return Dc(n),n}function Dc({startMs:r,endMs:e,slotSeconds:t,sender:n,receiver:o,energyWh:s,sources:i}){let a=Object.values(i).reduce((l,d)=>l+d,0);if(r>e)throw Ue("the interval ends before it starts");if(t<1)throw Ue("a slot has at least one second");if(n===o&&s>0)throw Ue("energy does not move from a device to itself");if(a!==s)throw Ue(`the sources sum to ${a} Wh, not to the energy of ${s} Wh`)}function zc(r){let e=Pc[r]??null;if(e===null)throw Ue("the carrier is unknown");return e}function qc(r,e){let[t,n,...o]=r;if(typeof t!="number"||typeof n!="number"||t<0||o.length>0)throw Ue(`${e} is not [begin, end] in Wh`);if(n<t)throw Ue(`${e} runs backwards`);return{begin:t,end:n}}function Vc(r){let e=[...r].map(([t,n])=>{let o=Ic[t];if(o===void 0||typeof n!="number"||n<=0)throw Ue("a source is unknown or empty");return[o,n]});return Object.fromEntries(e)}function Kc(r){if(r.length===0||!r.every(e=>Mr(e)&&e.length===Ba))throw Ue("evidence is not a list of hashes")}function Ue(r){return new K("field",`the body: ${r}`)}function Mr(r){return r instanceof Uint8Array}function Na(r){let e=new TextEncoder().encode(Or);return ve(r.slice(0,e.length),e)}function Ua(r,e,t){let n=new zo,o=n.try("record",()=>Oa(r)),s=n.after("body",o,La);n.after("building",o,({envelope:c})=>{if(c.building!==t.key.name)throw new ge("otherBuilding",`it is meant for ${c.building}, not for ${t.key.name}`)});let i=n.try("proof",()=>Ta(e)),a=n.after("head",i,({checkpoint:c})=>Ct(c,t.key));n.after("place",o&&i&&a&&{sealed:o,proof:i,checkpoint:a},jc),n.after("device",o&&i&&{sealed:o,proof:i},c=>Wc(c,t.keys));let l=n.after("witnesses",a&&i,c=>Yc(c,t));n.after("here",o&&i&&{sealed:o,proof:i},c=>Gc(c,t));let{checks:d}=n;return{checks:d,sealed:o,body:s,proof:i,checkpoint:a,cosignatures:n.cosignatures??l,tally:Zc(t.policy,n.cosignatures??l),proven:d.every(({outcome:c})=>c!=="failed")}}var ge=class extends Error{constructor(t,n,o="failed",s=null){super(n);this.reason=t;this.outcome=o;this.cosignatures=s}},zo=class{constructor(){this.checks=[];this.cosignatures=null}try(e,t){try{let n=t();return this.checks.push({step:e,outcome:"passed",reason:null,detail:null}),n}catch(n){let{outcome:o,reason:s}=this.judge(n);return this.checks.push({step:e,outcome:o,reason:s,detail:n instanceof Error?n.message:null}),null}}after(e,t,n){return this.try(e,()=>{if(t===null)throw new ge("before","an earlier step has failed","open");return n(t)})}judge(e){if(e instanceof ge)return this.cosignatures??=e.cosignatures,e;if(e instanceof K)return{outcome:"failed",reason:e.code};if(!(e instanceof v))throw e;let{code:t}=e;return{outcome:"failed",reason:t==="signature"||t==="origin"?t:"format"}}};function jc({sealed:r,proof:e,checkpoint:t}){let{index:n,path:o}=e,{size:s,root:i}=t;if(n>=s)throw new ge("beyond",`the proof is for entry ${n}, its head has ${s} entries`);let a=vi(s,n,fr(r.entry),o);if(a===null)throw new ge("pathLength",`${o.length} hashes do not lead from entry ${n} to the root of ${s}`);if(!ve(a,i))throw new ge("path","the record and the path lead to another root")}function Wc({sealed:r,proof:e},t){let{envelope:n}=r,{device:o}=n;if(e.index>=t.size)throw new ge("keysUnread",`${t.size} entries were read here`,"open");let s=e.index===0?t.keyAt(o,1):t.keyAt(o,e.index);if(s===null)throw new ge("noKey",`the log names no key of device ${o} before entry ${e.index}`);if(n.keyId!==Ht(s))throw new ge("otherKey",`signed by key ${n.keyId}; device ${o} had ${Ht(s)} there`);if(!un(n,s))throw new ge("notSigned",`the signature is not of key ${Ht(s)}`)}function Yc({checkpoint:r},{policy:e,policyChanged:t}){if(e==="unknown")throw new ge("noPolicy","the policy could not be read","open");if(e==="none"||e.asksForNobody)throw new ge("noWitnesses","there is no policy","open");let{text:n,lines:o}=dn(r),s=Sr(n,o,e);if(s.wrong.length>0)throw new ge("wrongWitness",`wrong signature under the name of ${s.wrong.join(", ")}`,"failed",s);if(!e.isMet(new Set(s.times.keys()))){let i=t?"policyChanged":"tooFew";throw new ge(i,"the policy asks for more signatures","failed",s)}return s}function Gc({sealed:r,proof:e},t){let n=t.holds(e.index,Ma(r));if(n===null)throw new ge("notRemembered","only the newest entries are remembered","open");if(!n)throw new ge("otherRecord",`entry ${e.index} of the verified log is another record`)}function Zc(r,e){return e===null||typeof r=="string"?[]:r.tally(new Set(e.times.keys()))}var Xc=2*1024*1024,$n=class extends J{constructor(){super();this.words=new se(this);this.turn=0;this.record=null,this.proof=null,this.report=null,this.trouble=null,this.over=!1}async checkFetched(t,n){this.clear();let o=this.turn;this.scrollIntoView({block:"nearest"});try{let[s,i]=await n;if(o!==this.turn)return;this.record={name:`${t}.etp`,data:s},this.proof={name:`${t}.tlog-proof`,data:i},await this.check()}catch(s){if(!Qc(s))throw s;if(o!==this.turn)return;this.trouble=s instanceof Ae?"erased":"unreachable"}await this.updateComplete,this.scrollIntoView({block:"nearest"})}render(){let{t}=this.words,{report:n}=this;return m`<section aria-labelledby="heading">
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
      ${this.trouble===null?x:m`<p class="trouble" role="alert">${t.proof.troubles[this.trouble]}</p>`}
      <div role="status">${n===null?x:this.result(n)}</div>
    </section>`}files(){let{t}=this.words;if(this.record===null&&this.proof===null)return x;let n=(o,s)=>o===null?m`<li class="missing">– ${s}</li>`:m`<li>✓ ${o.name}</li>`;return m`<ul class="files">
      ${n(this.record,t.proof.missingRecord)} ${n(this.proof,t.proof.missingProof)}
    </ul>`}result(t){let{t:n}=this.words,{proven:o,checks:s,body:i,sealed:a}=t,l=s.filter(({outcome:d,detail:c})=>d==="failed"&&c!==null);return m`<p class="verdict ${o?"proven":"refused"}">
        ${o?m`${n.proof.proven} ✓`:m`${n.proof.refused} ✗`}
      </p>
      <div class="result">
        <div>
          <ul class="checks">
            ${s.map(d=>this.line(d,t))}
          </ul>
        </div>
        ${i===null||a===null?x:m`<div>${this.content(i,a,o)}</div>`}
      </div>
      ${l.length===0?x:m`<details>
              <summary>${n.log.detail}</summary>
              ${l.map(({detail:d})=>m`<p>${d}</p>`)}
            </details>`}`}line(t,n){let{t:o}=this.words,{step:s,outcome:i,reason:a}=t,l={passed:"✓",failed:"✗",open:"–"}[i],d=a===null?this.more(t,n):this.reason(t,n);return m`<li class=${i} data-step=${s} data-outcome=${i} data-reason=${a??""}>
      <span class="mark" role="img" aria-label=${o.proof.outcomes[i]}>${l}</span>
      <span class="what">${o.proof.steps[s]}</span>
      ${d===null?x:m`<span class="why">${d}</span>`}
    </li>`}more({step:t},n){let{t:o,f:s}=this.words;return t==="place"&&n.proof!==null&&n.checkpoint!==null?o.proof.place(String(n.proof.index),s.number(n.checkpoint.size)):t==="witnesses"?this.tally(n):null}reason({reason:t},n){let{t:o}=this.words;if(t===null)return null;let s=o.proof.reasons[t];if(t==="tooFew")return`${this.tally(n)}${o.proof.stop}${s}`;if(t==="wrongWitness"){let i=n.cosignatures?.wrong??[];return`${s} ${i.map(a=>this.party(a)).join(o.witnesses.comma)}`}return s}tally({tally:t}){let{t:n,f:o}=this.words;return t.map(({group:s,signed:i,members:a,needed:l})=>{let d=[o.number(i),o.number(a),o.number(l)];return s==="flats"?n.proof.flats(...d):n.witnesses.outside(...d)}).join(n.proof.stop)}content(t,{envelope:n},o){let{t:s,f:i}=this.words,a=Object.entries(t.sources),l=c=>t.carrier===null?i.wattHours(c):i.litres(c),d=[[s.proof.imported,t.imported],[s.proof.exported,t.exported]];return m`<h3>${s.proof.says}</h3>
      ${o?x:m`<p class="unverified">${s.proof.saysUnproven}</p>`}
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
        ${a.length===0?x:m`<dt>${s.records.sources}</dt>
                <dd>
                  ${a.map(([c,f])=>m`<div>${s.records.sourceNames[c]??c} ${l(f)}</div>`)}
                </dd>`}
        ${d.map(([c,f])=>f===null?x:m`<dt>${c}</dt>
                <dd>${l(f.begin)} → ${l(f.end)}</dd>`)}
        ${t.millihertz===null?x:m`<dt>${s.records.frequency}</dt>
                <dd>${i.frequency(t.millihertz/1e3)}</dd>`}
        ${t.price===null?x:m`<dt>${s.slots.price}</dt>
                <dd>${i.price(t.price)}</dd>`}
        ${t.meter===null?x:m`<dt>${s.proof.meter}</dt>
                <dd>${t.meter}</dd>`}
        ${t.meterStatus===0&&t.errors===0?x:m`<dt>${s.proof.remarks}</dt>
                <dd>${this.remarks(t)}</dd>`}
        <dt>${s.proof.signedBy}</dt>
        <dd>${this.device(n.device)}</dd>
      </dl>`}remarks({meterStatus:t,errors:n}){let{t:o}=this.words,s=o.proof.errorFlags.filter((i,a)=>(n&1<<a)!==0);return[o.proof.meterStatus[t]??"",...s].filter(i=>i!=="").join(o.witnesses.comma)}device(t){let n=this.names.get(t);return m`${n===void 0?x:m`<div>${this.party(t)}</div>`}<code
        >${t.slice(0,16)}<wbr />${t.slice(16)}</code
      >`}party(t){let{t:n}=this.words,o=this.names.get(t);return o===void 0?t.slice(0,16):n.records.parties[o]??n.picture.flat(o)}hover(t,n){t.preventDefault(),this.over=n}drop(t){t.preventDefault(),this.over=!1,this.take([...t.dataTransfer?.files??[]])}pick(t){let n=t.target,o=[...n.files??[]];n.value="",this.take(o)}async take(t){(this.report!==null||t.length>1)&&this.clear(),this.trouble=null;let n=this.turn;for(let o of t){if(o.size>Xc){this.trouble="tooLarge";continue}let s=await Jc(o);if(n!==this.turn)return;s===null?this.trouble="unreadable":Na(s)?this.proof={name:o.name,data:s}:this.record={name:o.name,data:s}}await this.check()}async check(){let{record:t,proof:n}=this;if(t===null||n===null)return;let o=this.turn,s=await this.known();o===this.turn&&(s===null?this.trouble="notKnown":this.report=Ua(t.data,n.data,s))}clear(){this.turn+=1,this.record=null,this.proof=null,this.report=null,this.trouble=null}};$n.properties={known:{attribute:!1},names:{attribute:!1},record:{state:!0},proof:{state:!0},report:{state:!0},trouble:{state:!0},over:{state:!0}},$n.styles=[fe,ne`
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
    `];function Qc(r){return[Ae,Te,Ke].some(e=>r instanceof e)}async function Jc(r){try{return new Uint8Array(await r.arrayBuffer())}catch(e){if(e instanceof DOMException)return null;throw e}}customElements.define("proof-check",$n);var En=class extends J{constructor(){super();this.words=new se(this);this.seen=null;this.newest=null;this.all=!1}willUpdate(t){!t.has("records")||this.records===null||(this.seen=this.newest??this.records[0]?.index??-1,this.newest=this.records[0]?.index??-1)}render(){let{t}=this.words,n=this.records?.filter(o=>this.all||!ef(o))??[];return m`<section aria-labelledby="heading">
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
      ${this.records===null?m`<p class="quiet">${t.loading}</p>`:n.length===0?m`<p class="quiet">${this.records.length===0?t.records.none:t.records.onlyEmpty}</p>`:this.table(n)}
    </section>`}table(t){let{t:n}=this.words;return m`<div class="scroll" tabindex="0" role="region" aria-labelledby="heading">
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
          ${gn(t,({index:o})=>o,o=>this.row(o))}
        </tbody>
      </table>
    </div>`}row(t){let{t:n,f:o}=this.words,s=this.seen!==null&&t.index>this.seen,i=n.records.kinds[t.kind]??t.kind,a=this.serverNow??t.time_ms;return m`<tr role="row" class=${s?"fresh":""} data-index=${t.index}>
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
    </tr>`}verify(t){this.dispatchEvent(new CustomEvent("verify-record",{detail:t}))}party(t){let{t:n}=this.words;return t===null?n.unknown:n.records.parties[t]??t}sources({sources:t}){let{t:n,f:o}=this.words,s=Object.entries(t??{});return s.length===0?n.unknown:m`<span class="sources"
      >${s.map(([i,a])=>m`<span class="chip ${i}"
            ><i></i
            >${n.records.sourceNames[i]??i}${s.length>1?m` ${o.energy(a)}`:x}</span
          >`)}</span
    >`}mark(t){let{t:n}=this.words;switch(this.holds(t)){case!0:return m`<span class="held" role="img" aria-label=${n.records.held} title=${n.records.held}>✓</span>`;case!1:return m`<span class="bad" role="img" aria-label=${n.records.notHeld} title=${n.records.notHeld}>✗</span>`;case null:return m`<span role="img" aria-label=${n.records.notChecked} title=${n.records.notChecked}
          >${n.unknown}</span
        >`}}};En.properties={records:{attribute:!1},serverNow:{attribute:!1},log:{attribute:!1},holds:{attribute:!1},all:{state:!0}},En.styles=[fe,ne`
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
    `];function ef({kind:r,energy_wh:e}){return(r==="interval"||r==="transfer")&&e===0}customElements.define("record-table",En);var qo=48,kn=352,Lr=132,Ca=16,tf=48,Sn=kn/qo,_n=class extends J{constructor(){super();this.words=new se(this);this.chosen=null}render(){let{t}=this.words,n=this.slots?.[0];return m`<section aria-labelledby="heading">
      <h2 id="heading">${t.slots.heading}</h2>
      ${this.slots===null?m`<p class="quiet">${t.loading}</p>`:n===void 0?m`<p class="quiet">${t.slots.none}</p>`:this.filled(this.slots,n)}
    </section>`}filled(t,n){let{t:o}=this.words,s=rf(t,n),i=s.find(({slot:a})=>a.slot===this.chosen)??s[0];return m`
      ${this.chart(s,i)}
      <ul>
        <li><i class="shared"></i>${o.slots.shared}</li>
        <li><i class="grid"></i>${o.slots.fromGrid}</li>
        <li><i class="surplus"></i>${o.slots.surplus}</li>
      </ul>
      ${i===void 0?x:this.figures(i)} ${this.table(s)}
    `}chart(t,n){let{t:o,f:s}=this.words,i=Math.max(1,...t.map(({energy:f})=>f.shared+f.fromGrid)),a=Math.max(0,...t.map(({energy:f})=>f.surplus)),l=(Lr-Ca-14)/(i+a),d=14+i*l,c=nf([t[0],t.at(-1),t[Math.floor(t.length/2)]]);return m`<svg viewBox="0 0 ${kn} ${Lr}" role="img" aria-label=${o.slots.label(t.length)}>
      <path class="guide" d="M0 ${14 .toFixed(1)}H${kn}" />
      <text x="0" y="10">${s.energy(i)}</text>
      ${t.map(f=>this.bar(f,d,l,f===n))}
      <path class="zero" d="M0 ${d.toFixed(1)}H${kn}" />
      ${c.map(({x:f,slot:p})=>{let u=f<30?"start":f>kn-30?"end":"middle",b=u==="start"?f:u==="end"?f+Sn:f+Sn/2;return de`<text x=${b.toFixed(1)} y=${Lr-3} text-anchor=${u}>${s.time(p.slot*1e3)}</text>`})}
    </svg>`}bar({slot:t,energy:n,x:o},s,i,a){let l=(Sn-1.4).toFixed(2),[d,c,f]=[n.shared,n.fromGrid,n.surplus].map(p=>p*i);return de`<g data-slot=${t.slot}>
      <rect class="grid" x=${o.toFixed(2)} y=${(s-d-c).toFixed(2)} width=${l} height=${c.toFixed(2)} />
      <rect class="shared" x=${o.toFixed(2)} y=${(s-d).toFixed(2)} width=${l} height=${d.toFixed(2)} />
      <rect class="surplus" x=${o.toFixed(2)} y=${s.toFixed(2)} width=${l} height=${f.toFixed(2)} />
      <rect class="hit ${a?"chosen":""}" x=${(o-.7).toFixed(2)} y="0" width=${Sn.toFixed(2)} height=${Lr-Ca}
        @pointerenter=${()=>this.choose(t)} @click=${()=>this.choose(t)} />
    </g>`}choose(t){this.chosen=t===this.slots?.[0]?null:t.slot}figures({slot:t,energy:n}){let{t:o,f:s}=this.words,i=n.shared+n.fromGrid,a=i===0?null:n.shared/i*100,l=(d,c)=>m`<div>
        <dt>${d}</dt>
        <dd>${c}</dd>
      </div>`;return m`
      <dl class="one">
        <div class="whole">
          <dt>${o.slots.time}</dt>
          <dd>${s.slot(t.slot,t.seconds,this.serverNow??t.settled_ms)}</dd>
        </div>
        ${l(o.slots.shared,s.energy(n.shared))} ${l(o.slots.price,s.price(aa(t)))}
        ${l(o.slots.fromGrid,s.energy(n.fromGrid))} ${l(o.slots.surplus,s.energy(n.surplus))}
        ${l(o.slots.common,s.energy(t.common_wh))} ${l(o.slots.loss,s.energy(t.loss_wh))}
        <div class="whole">
          <dt>${o.slots.ratio}</dt>
          <dd>${s.percent(a)}</dd>
        </div>
      </dl>
      ${t.missing.length===0?x:m`<p class="missing">${o.slots.missing(t.missing.join(", "))}</p>`}
    `}table(t){let{t:n,f:o}=this.words;return m`<div class="unseen">
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
        ${t.map(({slot:s,energy:i})=>m`<tr>
              <th scope="row">${o.slot(s.slot,s.seconds,this.serverNow??s.settled_ms)}</th>
              <td>${o.energy(i.shared)}</td>
              <td>${o.energy(i.fromGrid)}</td>
              <td>${o.energy(i.surplus)}</td>
            </tr>`)}
      </table>
    </div>`}};_n.properties={slots:{attribute:!1},serverNow:{attribute:!1},chosen:{state:!0}},_n.styles=[fe,ne`
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
    `];function nf(r){let e=[];for(let t of r)t!==void 0&&e.every(({x:n})=>Math.abs(n-t.x)>=tf)&&e.push(t);return e}function rf(r,e){return r.map(t=>({slot:t,energy:ia(t),behind:Math.round((e.slot-t.slot)/e.seconds)})).filter(({behind:t})=>t<qo).map(({slot:t,energy:n,behind:o})=>({slot:t,energy:n,x:(qo-1-o)*Sn+.7}))}customElements.define("slot-chart",_n);var Tn=class extends J{constructor(){super();this.words=new se(this);this.store=null;this.known=()=>this.store?.known()??Promise.resolve(null);this.snapshot=Io,this.clock=performance.now()}connectedCallback(){super.connectedCallback(),document.documentElement.lang=Se.language,this.store=new Tr(t=>{this.snapshot=t,this.clock=performance.now()}),this.store.start(),this.timer=setInterval(()=>{this.clock=performance.now()},1e3)}disconnectedCallback(){super.disconnectedCallback(),this.store?.stop(),clearInterval(this.timer)}updated(){let t=this.snapshot.building?.name;document.title=t===void 0?"Local VPP":this.words.t.title(t)}verify(t){let n=this.store?.fetchProven(t),o=this.renderRoot.querySelector("proof-check");n!==void 0&&o?.checkFetched(t,n)}held(t){let{t:n}=this.words,o=t?.log??null;return o===null||o.held===null?x:(o.objections??[]).some(({kind:s})=>s==="ahead")?m`<p class="notice" role="alert" data-kind="held">
      ${n.connection.setBack} <code>local-vpp ledger rebuild building.yaml --from MIRROR --recovery-key FILE</code>
    </p>`:m`<p class="notice" role="status" data-kind="held">${n.connection.held}</p>`}render(){let{t}=this.words,{building:n,state:o,stateAt:s,records:i,slots:a,connection:l,log:d,headMs:c,unreadable:f}=this.snapshot,{witnesses:p,witnessed:u,mirrors:b}=this.snapshot,y=o===null?null:o.time_ms+(this.clock-s),E=new Map(o?.flats.flatMap(({device:A,flat:w})=>A===null?[]:[[A,w]])??[]),L=l.kind==="restricted";return m`
      <header>
        <div>
          <div class="product">${t.product}</div>
          <h1>${n?.name??t.loading}</h1>
        </div>
        <div class="right">
          <connection-state .connection=${l} .clock=${this.clock}></connection-state>
          <button
            class="language"
            lang=${Se.language==="ja"?"en":"ja"}
            aria-label=${t.languageLabel}
            @click=${()=>Se.change(Se.language==="ja"?"en":"ja")}
          >
            ${t.language}
          </button>
        </div>
      </header>
      ${L?m`<p class="notice">${t.connection.restrictedHelp}</p>`:x}
      ${f===null?x:m`<p class="notice" role="alert">${t.connection.unreadable(f.event,f.problem)}</p>`}
      ${this.held(o)}
      <alarm-list
        .conflicts=${o?.conflicts??[]}
        .objections=${u?.objections??[]}
        .nextKeyHere=${o?.next_key_here??!1}
        .now=${y??Date.now()}
        .names=${E}
      ></alarm-list>
      <main>
        <div class="wide">
          ${L?x:m`
                  <flow-picture
                    .state=${o}
                    .slots=${a}
                    .stale=${l.kind!=="live"}
                    .silentMs=${this.clock-s}
                  ></flow-picture>
                  <record-table
                    .records=${i}
                    .serverNow=${y}
                    .log=${d}
                    @verify-record=${A=>this.verify(A.detail)}
                    .holds=${A=>this.store?.holds(A)??null}
                  ></record-table>
                `}
          <proof-check .known=${this.known} .names=${E}></proof-check>
        </div>
        <div class="side">
          ${L?x:m`
                  <building-now
                    .state=${o}
                    .slotSeconds=${n?.slot_seconds??null}
                    .serverNow=${y}
                  ></building-now>
                  <slot-chart .slots=${a} .serverNow=${y}></slot-chart>
                `}
          <log-panel
            .log=${d}
            .fingerprint=${n?.fingerprint??null}
            .ageMs=${c===null||y===null?null:y-c}
            .witnesses=${p}
            .witnessed=${u}
            .mirrors=${b}
            .now=${y??Date.now()}
            .names=${E}
            @verify-all=${()=>this.store?.verifyAll()}
            @forget-log=${()=>this.store?.forgetLog()}
            @accept-policy=${()=>this.store?.acceptPolicy()}
          ></log-panel>
        </div>
      </main>
    `}};Tn.properties={snapshot:{state:!0},clock:{state:!0}},Tn.styles=[fe,ne`
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
    `];customElements.define("building-page",Tn);
